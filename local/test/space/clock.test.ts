import { describe, expect, it } from 'vitest';
import { readObject, startTour, writeBundle } from './tour';

/** An app with two jobs that start every second: one ends at once, the other one never. */
const clockwork = `
  const counts = { ended: 0, endless: 0 };
  var EntryPoint = { default: {
    routehooks: { 'GET /counts': [(req, res) => res.json(counts)] },
    jobhooks: {
      '* * * * * *': [(req, res) => { counts.ended += 1; res.end(); }],
      '*/1 * * * * *': [() => { counts.endless += 1; return new Promise(() => {}); }],
    },
  } };`;

describe('the clock', () => {
  it.each([
    ['allowed', (runs: number) => runs > 1],
    ['skipped', (runs: number) => runs === 1],
  ] as const)('starts jobs when they are due, overlaps being %s', async (cronOverlap, isExpected) => {
    const tour = await startTour({ app: writeBundle(clockwork), quirks: { cronOverlap } });
    const counts = async () => readObject(await tour.call('/counts'));
    await expect.poll(async () => (await counts()).ended, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(await counts()).toEqual({ ended: expect.any(Number), endless: expect.toSatisfy(isExpected) });
    await tour.stop(0);
  });
});
