import { startSpaceOf } from '../candidates/local-space';
import { processedByUs } from '../candidates/ours';
import { startGenerator } from '../load/generator-process';
import { bytesIn } from '../measure/disk';
import { makeFolder } from '../measure/folder';
import { median } from '../measure/numbers';
import { type Measured, runLoad } from '../measure/run-load';
import { fillSpace } from '../scale/fill-space';

export interface StoredResult {
  /** The filled space as a share of the empty one, medians of the ratios of each round. */
  readonly answered: number;
  readonly processed: number;
  readonly cpu: number;
  readonly empty: { readonly answered: number; readonly processed: number };
  readonly filled: { readonly answered: number; readonly processed: number };
  readonly bytesPerEvent: number;
  readonly secondsToFill: number;
}

/** Compares a space that holds many events with an empty one, in turn. */
export async function measureStored(
  bundle: string,
  stored: number,
  events: number,
  rounds: number,
): Promise<StoredResult> {
  const [empty, filled] = [makeFolder('empty'), makeFolder('filled')];
  const began = performance.now();
  await fillSpace(filled, { events: stored, subscribers: Math.max(100, stored / 5), tags: 500 });
  const secondsToFill = (performance.now() - began) / 1000;
  const bytesPerEvent = bytesIn(filled) / stored;
  const generator = startGenerator();
  const spaces = [];
  try {
    for (const folder of [empty, filled])
      spaces.push(await startSpaceOf({ kind: 'bundle', file: bundle }, folder, processedByUs));
    const results: Measured[][] = spaces.map(() => []);
    let first = 0;
    for (let round = -1; round < rounds; round += 1) {
      for (const [at, space] of spaces.entries()) {
        const load = { events, connections: 32, first, tagging: 'campaigns' } as const;
        first += events;
        const measured = await runLoad(generator, space, load, { answersOnly: false });
        // The first round warms up.
        if (round >= 0) results[at]?.push(measured);
      }
    }
    const figure = (at: number, name: 'answeredPerSecond' | 'processedPerSecond' | 'cpuUntilProcessed') =>
      (results[at] ?? []).map((measured) => measured[name]);
    const share = (name: Parameters<typeof figure>[1]) => {
      const ofEmpty = figure(0, name);
      return median(figure(1, name).map((value, round) => value / (ofEmpty[round] ?? Number.NaN)));
    };
    const both = (at: number) => ({
      answered: median(figure(at, 'answeredPerSecond')),
      processed: median(figure(at, 'processedPerSecond')),
    });
    return {
      answered: share('answeredPerSecond'),
      processed: share('processedPerSecond'),
      cpu: share('cpuUntilProcessed'),
      empty: both(0),
      filled: both(1),
      bytesPerEvent,
      secondsToFill,
    };
  } finally {
    for (const space of spaces) await space.stop();
    await generator.stop();
  }
}
