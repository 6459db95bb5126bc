import { describe, expect, it } from 'vitest';
import { createRandom } from '../../tools/simulate/plan/random';
import { type Change, FileContents, type Survival } from './file-contents';

const write = (offset: number, text: string): Change => ({ kind: 'write', offset, data: Buffer.from(text) });
const resize = (size: number): Change => ({ kind: 'resize', size });
const nothing: Survival = { share: 0, unit: 4096 };
const byChance: Survival = { share: 0.3, unit: 512 };

function fileOf(...changes: Change[]): FileContents {
  const file = new FileContents();
  for (const change of changes) file.change(change);
  return file;
}

const leftOf = (file: FileContents, survival: Survival, seed = 1) =>
  file.afterPowerLoss(survival, createRandom(seed)).toString();

describe('what a loss of power may leave of a file', () => {
  it('is what was synced when nothing else survives', () => {
    const file = fileOf(write(0, 'old'));
    file.synced(1);
    file.change(write(0, 'new and longer'));
    expect(leftOf(file, nothing)).toBe('old');
    expect(file.current().toString()).toBe('new and longer');
  });

  it('does not hold what was written after the sync began', () => {
    const file = fileOf(write(0, 'a'), write(1, 'b'));
    file.synced(1);
    expect(leftOf(file, nothing)).toBe('a');
    file.synced(2);
    expect(leftOf(file, nothing)).toBe('ab');
  });

  it('has each block as it was after some of the writes', () => {
    const blocks = (letter: string) => letter.repeat(512);
    const file = fileOf(write(0, blocks('a') + blocks('a')));
    file.synced(1);
    file.change(write(0, blocks('b')));
    file.change(write(512, blocks('c')));
    const seen = new Set(
      Array.from({ length: 60 }, (_, seed) => leftOf(file, byChance, seed).replace(/(.)\1*/g, '$1')),
    );
    // 'ac': the later write without the earlier one, as nothing orders them.
    expect([...seen].sort()).toEqual(['a', 'ac', 'ba', 'bc']);
  });

  it('never holds what a file had before it was emptied together with what it got afterwards', () => {
    const file = fileOf(write(0, 'x'.repeat(1024)));
    file.synced(1);
    file.change(resize(0));
    file.change(write(512, 'y'.repeat(512)));
    for (let seed = 0; seed < 60; seed += 1) {
      const text = leftOf(file, byChance, seed);
      expect(text.includes('x') && text.includes('y')).toBe(false);
    }
  });

  it('lacks for good what a failed sync was to write', () => {
    const file = fileOf(write(0, 'a'));
    file.syncFailed(1);
    file.change(write(1, 'b'));
    file.synced(2);
    expect(leftOf(file, { share: 1, unit: 4096 })).toBe('\0b');
  });
});
