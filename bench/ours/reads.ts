import { startSpaceOf } from '../candidates/local-space';
import { processedByUs } from '../candidates/ours';
import { startGenerator } from '../load/generator-process';
import { makeFolder } from '../measure/folder';
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

/**
 * Reads every route of an idle space, then while 32 connections send events as fast as they are answered.
 * @param events how many are sent at most; when they are over before every route was read, that is told
 */
export async function measureReads(bundle: string, events: number, rounds: number): Promise<Reads> {
  const folder = makeFolder('reads');
  await fillSpace(folder, { events: stored, subscribers: stored / 5, tags: 500 });
  const space = await startSpaceOf({ kind: 'bundle', file: bundle }, folder, processedByUs);
  const generator = startGenerator();
  try {
    // Both are read in code that is optimised already.
    await generator.prepare({
      url: space.webhook,
      events: 3000,
      connections: 32,
      first: 0,
      tagging: 'campaigns',
    });
    await generator.send();
    const target = (await space.processed()) + 3000;
    const [idle] = await measureRoutes([space], rounds);
    await generator.prepare({
      url: space.webhook,
      events,
      connections: 32,
      first: target,
      tagging: 'campaigns',
    });
    const sending = { isOver: false };
    generator.send().then(
      () => {
        sending.isOver = true;
      },
      () => {},
    );
    const [loaded] = await measureRoutes([space], rounds);
    if (sending.isOver) console.log('The load was over before every route was read: use fewer rounds.');
    const times = (samples: ReadonlyMap<string, readonly number[]> | undefined) => samples ?? new Map();
    const routes = [...times(idle).keys()].map((route: string) => ({
      route,
      idle: percentile(times(idle).get(route) ?? [], 0.95),
      loaded: percentile(times(loaded).get(route) ?? [], 0.95),
    }));
    const overall = (samples: ReadonlyMap<string, readonly number[]> | undefined) =>
      percentile([...times(samples).values()].flat(), 0.95);
    return { routes, all: { idle: overall(idle), loaded: overall(loaded) } };
  } finally {
    await generator.stop();
    await space.stop();
  }
}
