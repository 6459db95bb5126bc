import { storedCounters } from '../statistics/counter-table';
import type { Counts } from '../statistics/counters';
import { nameOfDimension } from '../statistics/dimension';
import type { Tally } from '../statistics/tally';
import { TallyBuilder } from '../statistics/tally-builder';

/** The counters of every dimension over a span of time, without those of this app's own mail. */
export type WindowCounts = ReadonlyMap<string, Counts>;

function less(counts: Counts, own: Counts): Counts {
  const rest: Counts = {};
  for (const counter of storedCounters) {
    const left = (counts[counter] ?? 0) - (own[counter] ?? 0);
    if (left > 0) rest[counter] = left;
  }
  return rest;
}

/** Sums up the tallies of some buckets, and leaves out the mail that this app has sent about mail. */
export function windowCounts(buckets: ReadonlyArray<{ tallies: readonly Tally[] }>): WindowCounts {
  const builder = new TallyBuilder();
  for (const { tallies } of buckets) builder.addTallies(tallies);
  const all = new Map(builder.tallies().map(({ dimension, counts }) => [dimension, counts]));
  for (const [dimension, own] of [...all]) {
    const about = nameOfDimension('own', dimension);
    if (about === null) continue;
    all.delete(dimension);
    all.set(about, less(all.get(about) ?? {}, own));
  }
  return all;
}
