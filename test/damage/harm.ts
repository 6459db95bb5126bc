import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../tools/simulate/plan/random';

/** What may happen to a file on a disk that grows old, or by a hand that slips. */
export const harms = [
  'flips a bit',
  'zeroes a block',
  'cuts off the end',
  'appends garbage',
  'deletes',
] as const;
export type Harm = (typeof harms)[number];

const blockBytes = 4096;

/**
 * Damages one file of a folder.
 * @returns where, in words
 */
export function damage(folder: string, name: string, harm: Harm, random: Random): string {
  const file = join(folder, name);
  if (harm === 'deletes') {
    rmSync(file);
    return harm;
  }
  const before = readFileSync(file);
  // An empty file has nothing to lose.
  const [at, done] =
    before.length === 0 ? [0, 'appends garbage' as const] : [random.integer(0, before.length - 1), harm];
  writeFileSync(file, damaged(before, at, done, random));
  return done === 'appends garbage' ? done : `${done} at byte ${at} of ${before.length}`;
}

function damaged(before: Buffer, at: number, harm: Harm, random: Random): Buffer {
  if (harm === 'cuts off the end') return before.subarray(0, at);
  if (harm === 'appends garbage') {
    const garbage = Array.from({ length: random.integer(1, 2 * blockBytes) }, () => random.integer(0, 255));
    return Buffer.concat([before, Buffer.from(garbage)]);
  }
  const after = Buffer.from(before);
  if (harm === 'flips a bit') after.writeUInt8(after.readUInt8(at) ^ (1 << random.integer(0, 7)), at);
  else after.fill(0, at - (at % blockBytes), Math.min(after.length, at - (at % blockBytes) + blockBytes));
  return after;
}
