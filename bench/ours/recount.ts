import { type AppFile, countedByRoute, type ReadProcessed, startSpaceOf } from '../candidates/local-space';
import { processedByUs } from '../candidates/ours';
import { startGenerator } from '../load/generator-process';
import type { Tagging } from '../load/signed-event';
import { makeFolder } from '../measure/folder';
import { median } from '../measure/numbers';
import { type Measured, runLoad } from '../measure/run-load';

/** What counting costs: medians of the rounds. */
export interface RecountRow {
  readonly name: string;
  /** Microseconds of CPU time per event for everything. */
  readonly cpu: number;
  readonly processedPerSecond: number;
}

const settings: ReadonlyArray<{ name: string; app: AppFile; read: ReadProcessed; tagging: Tagging }> = [
  {
    name: 'twenty campaigns',
    app: { kind: 'sources', file: 'index.js' },
    read: processedByUs,
    tagging: 'campaigns',
  },
  {
    name: 'one hot campaign',
    app: { kind: 'sources', file: 'index.js' },
    read: processedByUs,
    tagging: 'one hot tag',
  },
  {
    name: 'one hot campaign, nothing counted',
    app: { kind: 'sources', file: 'bench/candidates/without-counts.ts' },
    read: countedByRoute,
    tagging: 'one hot tag',
  },
];

/** Measures the app with many campaigns, with one that takes everything, and with its counts left out. */
export async function measureRecount(events: number, rounds: number): Promise<RecountRow[]> {
  const generator = startGenerator();
  const spaces = [];
  try {
    for (const { app, read } of settings) spaces.push(await startSpaceOf(app, makeFolder('recount'), read));
    const measured = settings.map((): Measured[] => []);
    let first = 0;
    for (let round = -1; round < rounds; round += 1) {
      for (const [at, space] of spaces.entries()) {
        const tagging = settings[at]?.tagging ?? 'campaigns';
        const load = { events, connections: 32, first, tagging };
        first += events;
        const result = await runLoad(generator, space, load, { answersOnly: false });
        // The first round warms up.
        if (round >= 0) measured[at]?.push(result);
      }
    }
    return settings.map(({ name }, at) => {
      const results = measured[at] ?? [];
      return {
        name,
        cpu: median(results.map(({ cpuUntilProcessed }) => cpuUntilProcessed)),
        processedPerSecond: median(results.map(({ processedPerSecond }) => processedPerSecond)),
      };
    });
  } finally {
    for (const space of spaces) await space.stop();
    await generator.stop();
  }
}
