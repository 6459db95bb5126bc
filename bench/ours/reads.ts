import { startSpaceOf } from '../candidates/local-space';
import { processedByUs } from '../candidates/ours';
import { type Generator, startGenerator } from '../load/generator-process';
import { makeFolder } from '../measure/folder';
import { waitForEffects } from '../measure/run-load';
import { fillSpace } from '../scale/fill-space';
import { measureRoutes, percentile } from '../scale/measure-routes';

/** Milliseconds of one route at p95. */
export interface ReadRow {
  readonly route: string;
  readonly idle: number;
  readonly loaded: number;
}

export interface Reads {
  readonly routes: readonly ReadRow[];
  readonly all: { readonly idle: number; readonly loaded: number };
}

/** Events that the space holds before it is read. */
const stored = 50_000;

/** Events that are sent at a time, and how many before anything is measured. */
const [batch, warmUp] = [4000, 3000];

/**
 * Sends events as fast as they are answered, over 32 connections of two generators: while one makes its next
 * events, the other one sends.
 * @returns ends it
 */
function writeOn(url: string, first: number): () => Promise<void> {
  const generators = [startGenerator(), startGenerator()];
  const state = { isOver: false };
  let next = first;
  const write = async (generator: Generator) => {
    while (!state.isOver) {
      const load = { url, events: batch, connections: 16, first: next, tagging: 'campaigns' } as const;
      next += batch;
      await generator.prepare(load);
      if (!state.isOver) await generator.send();
    }
  };
  // What is not answered when it ends, fails.
  const writing = generators.map((generator) =>
    write(generator).catch((error: unknown) => {
      if (!state.isOver) throw error;
    }),
  );
  return async () => {
    state.isOver = true;
    await Promise.all(generators.map((generator) => generator.stop()));
    await Promise.all(writing);
  };
}

/** Reads every route of an idle space, and again while 32 connections write. */
export async function measureReads(bundle: string, rounds: number): Promise<Reads> {
  const folder = makeFolder('reads');
  await fillSpace(folder, { events: stored, subscribers: stored / 5, tags: 500 });
  const space = await startSpaceOf({ kind: 'bundle', file: bundle }, folder, processedByUs);
  try {
    const before = await space.processed();
    const generator = startGenerator();
    // Both are read in code that is optimised already.
    const load = { events: warmUp, connections: 32, first: 0, tagging: 'campaigns' } as const;
    await generator.prepare({ ...load, url: space.webhook });
    await generator.send();
    await generator.stop();
    await waitForEffects(space, before + warmUp);
    const [idle = new Map<string, number[]>()] = await measureRoutes([space], rounds);
    const stopWriting = writeOn(space.webhook, warmUp);
    const [loaded = new Map<string, number[]>()] = await measureRoutes([space], rounds);
    await stopWriting();
    const at95 = (samples: ReadonlyMap<string, readonly number[]>, route: string) =>
      percentile(samples.get(route) ?? [], 0.95);
    const overall = (samples: ReadonlyMap<string, readonly number[]>) =>
      percentile([...samples.values()].flat(), 0.95);
    return {
      routes: [...idle.keys()].map((route) => ({
        route,
        idle: at95(idle, route),
        loaded: at95(loaded, route),
      })),
      all: { idle: overall(idle), loaded: overall(loaded) },
    };
  } finally {
    await space.stop();
  }
}
