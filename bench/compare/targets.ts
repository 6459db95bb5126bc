import type { Rounds } from './compare';
import { ratio } from './report';

/** What is to be reached, as a ratio or as an amount. */
export interface Target {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Absent when it was not measured. */
  readonly measured: number | undefined;
}

/** What one candidate of ours reaches beside the others of its run. */
export function targetsOf(mine: Rounds, all: readonly Rounds[]): Target[] {
  const named = (name: string) => all.find(({ candidate }) => candidate.name === name);
  const to = (name: string, figure: Parameters<typeof ratio>[2]) => {
    const other = named(name);
    return other === undefined ? undefined : ratio(mine, other, figure);
  };
  const { name, calls } = mine.candidate;
  return [
    { what: 'acknowledged/s to by hand', atLeast: 3, measured: to('by hand', 'acknowledgedPerSecond') },
    { what: 'acknowledged/s to the limit', atLeast: 0.4, measured: to('limit', 'acknowledgedPerSecond') },
    { what: 'p99 of the answer to by hand', atMost: 0.333, measured: to('by hand', 'p99') },
    { what: 'processed/s to by hand', atLeast: 2.5, measured: to('by hand', 'processedPerSecond') },
    {
      what: "processed/s to the example's queue",
      atLeast: 1,
      measured: to('example: queue', 'processedPerSecond'),
    },
    {
      what: "processed/s to the example's campaigns",
      atLeast: 1,
      measured: to('example: campaign', 'processedPerSecond'),
    },
    { what: 'CPU of the whole to by hand', atMost: 0.5, measured: to('by hand', 'cpuOfWhole') },
    { what: 'storage calls until the answer', atMost: 4, measured: calls?.answer },
    { what: 'storage calls in the worker', atMost: 6, measured: calls?.worker },
  ].map((target) => ({ ...target, what: `${name}: ${target.what}` }));
}

/** Rows of a table: what was to be reached, what was, and whether that is enough. */
export function targetsTable(targets: readonly Target[]): Record<string, Record<string, string | number>> {
  return Object.fromEntries(
    targets.map(({ what, atLeast, atMost, measured }) => {
      const target = atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`;
      if (measured === undefined) return [what, { target, measured: '-', met: 'not measured' }];
      const isMet =
        measured >= (atLeast ?? Number.NEGATIVE_INFINITY) && measured <= (atMost ?? Number.POSITIVE_INFINITY);
      return [what, { target, measured: Number(measured.toPrecision(3)), met: isMet ? 'yes' : 'no' }];
    }),
  );
}
