import type { Rounds } from './compare';
import { ratio } from './report';

/** What is wanted of a ratio. */
export interface Target {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly measured: number;
}

/** What a candidate of ours reaches beside the peer of equal durability. */
export function targetsOf(mine: Rounds, peer: Rounds): Target[] {
  return [
    { what: 'processed/s', atLeast: 1.2, measured: ratio(mine, peer, 'processedPerSecond') },
    { what: 'answered/s', atLeast: 1, measured: ratio(mine, peer, 'answeredPerSecond') },
    { what: 'CPU of the whole', atMost: 1, measured: ratio(mine, peer, 'cpuOfWhole') },
    { what: 'peak memory', atMost: 1, measured: mine.peakMemory / peer.peakMemory },
  ].map((target) => ({
    ...target,
    what: `${mine.candidate.name} to ${peer.candidate.name}: ${target.what}`,
  }));
}

/** Rows of a table: what is wanted, what was measured, and whether that is enough. */
export function targetsTable(targets: readonly Target[]): Record<string, Record<string, string | number>> {
  return Object.fromEntries(
    targets.map(({ what, atLeast, atMost, measured }) => {
      const wanted = atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`;
      const isMet =
        measured >= (atLeast ?? Number.NEGATIVE_INFINITY) && measured <= (atMost ?? Number.POSITIVE_INFINITY);
      return [what, { wanted, measured: Number(measured.toPrecision(3)), met: isMet ? 'yes' : 'no' }];
    }),
  );
}
