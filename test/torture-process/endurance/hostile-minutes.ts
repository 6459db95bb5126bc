import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Client } from '../../torture/abuse/client';
import { judge } from '../../torture/abuse/contract';
import { type HostileRequest, hostileRequests } from '../../torture/abuse/payloads';
import { type HostFailureResult, skip } from '../host-failures/host-failure-result';
import { SpaceProcess, signingKey } from '../space-process';
import { withFolder } from '../temporary-folder';
import { residentMemory } from './process-figures';

/** Requests under way at once. */
const lanes = 8;
/** Share of the time in which a young process may still grow. */
const warmUp = 0.25;
/** How much larger the second half may be than the first: garbage comes and goes, a leak goes on growing. */
const tolerated = (first: number) => first * 1.2 + 24;

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Bodies that are too much in another way than what chance makes of real ones. */
const excessive: readonly HostileRequest[] = [
  { contentType: 'application/json', body: Buffer.alloc(2 * 1024 * 1024, '[') },
  { contentType: 'application/json', body: Buffer.from('['.repeat(200_000)) },
  { contentType: 'application/x-www-form-urlencoded', body: Buffer.from('a=&'.repeat(100_000)) },
  { contentType: 'multipart/form-data; boundary=x', body: Buffer.from('--x\r\n\r\n\r\n'.repeat(50_000)) },
];

/** Attacks a process with hostile bodies and watches its memory. */
export function hostileMinutes(seed: number, seconds: number): Promise<HostFailureResult> {
  if (process.platform !== 'linux') return Promise.resolve(skip('memory is read from /proc'));
  return withFolder(async (folder) => {
    const space = await SpaceProcess.serving({ directory: join(folder, 'space'), bundle: true });
    const client = new Client(space.url ?? '');
    const requests = hostileRequests(() => Math.floor(Date.now() / 1000), signingKey);
    const end = performance.now() + seconds * 1000;
    const memory: number[] = [];
    const broken: string[] = [];
    let sent = 0;
    const attack = async (lane: number) => {
      for (let round = 0; performance.now() < end; round += 1) {
        const sample = fc.sample(requests, { numRuns: 100, seed: seed + lane + round * lanes });
        for (const { contentType, body } of [...sample, ...excessive]) {
          const verdict = judge(await client.post(body, contentType));
          if ('problem' in verdict) broken.push(verdict.problem);
          sent += 1;
        }
      }
    };
    const watch = async () => {
      while (performance.now() < end) {
        memory.push(await residentMemory(space.pid));
        await sleep(500);
      }
    };
    try {
      await Promise.all([watch(), ...Array.from({ length: lanes }, (_, lane) => attack(lane))]);
    } finally {
      client.close();
      await space.kill();
    }
    const grown = memory.slice(Math.floor(memory.length * warmUp));
    const first = median(grown.slice(0, grown.length / 2));
    const second = median(grown.slice(grown.length / 2));
    if (second > tolerated(first))
      broken.push(`memory grew from ${first.toFixed(0)} MiB to ${second.toFixed(0)} MiB`);
    return {
      saw: `${sent} requests in ${seconds} s; after a quarter of the time to warm up ${first.toFixed(0)} MiB in the first half of the rest, ${second.toFixed(0)} MiB in the second (at most ${Math.max(...memory).toFixed(0)} MiB)`,
      broken,
    };
  });
}
