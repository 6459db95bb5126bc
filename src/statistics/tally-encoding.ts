import * as v from 'valibot';
import { type StoredCounter, storedCounters } from './counter-table';
import { type Counts, countersOnce } from './counters';
import type { Tally } from './tally';

const line = v.pipe(
  v.string(),
  v.regex(/^-?\d*(,-?\d*)*$/, 'Numbers stand in a line, with commas between.'),
  v.transform((text) => text.split(',').map(Number)),
  v.minLength(2 + countersOnce.length, 'A number is missing.'),
);

/**
 * Tallies as a bucket stores them: its dimensions, in the field `subjects`, and for each a line of numbers, one after
 * the other with semicolons between. A line is: the first and the last event in milliseconds since the bucket's start,
 * the counters of first events with those that were the first ever, and all counters; zeros are left out. An hour may
 * have hundreds of dimensions: as objects they would be three times as large, and a reader of one would parse all.
 */
export const encodedTallies = {
  subjects: v.optional(v.custom<readonly unknown[]>(Array.isArray, 'A list is needed.'), []),
  numbers: v.optional(v.string(), ''),
};
export interface EncodedTallies {
  readonly subjects: readonly unknown[];
  readonly numbers: string;
}

/** @param start ISO time at which the bucket begins */
export function encodeTallies(tallies: readonly Tally[], start: string): EncodedTallies {
  const startMs = Date.parse(start);
  return {
    subjects: tallies.map(({ dimension }) => dimension),
    numbers: tallies
      .map(({ ever, firstEventAt, lastEventAt, counts }) =>
        [
          Date.parse(firstEventAt) - startMs,
          Date.parse(lastEventAt) - startMs,
          ...countersOnce.map((counter) => ever[counter]),
          ...storedCounters.map((counter) => counts[counter]),
        ]
          .map((number) => number || '')
          .join(','),
      )
      .join(';'),
  };
}

/** The numbers of some counters, those that are zero left out. */
function countsOf(counters: readonly StoredCounter[], numbers: readonly number[]): Counts {
  const counts: Counts = {};
  for (const [index, counter] of counters.entries()) if (numbers[index]) counts[counter] = numbers[index];
  return counts;
}

function decodeTally(dimension: unknown, numbers: string | undefined, start: string): Tally {
  const [firstMs = 0, lastMs = 0, ...counted] = v.parse(line, numbers);
  const startMs = Date.parse(start);
  return {
    dimension: v.parse(v.string(), dimension),
    counts: countsOf(storedCounters, counted.slice(countersOnce.length)),
    ever: countsOf(countersOnce, counted),
    firstEventAt: new Date(startMs + firstMs).toISOString(),
    lastEventAt: new Date(startMs + lastMs).toISOString(),
  };
}

/** @throws ValiError when a dimension has no numbers, or something else in their place */
export function decodeTallies({ subjects, numbers }: EncodedTallies, start: string): Tally[] {
  const lines = numbers.split(';');
  return subjects.map((dimension, index) => decodeTally(dimension, lines[index], start));
}

/** The tally of one dimension, null when it has none. @throws ValiError when its numbers cannot be read */
export function decodeTallyOf(
  { subjects, numbers }: EncodedTallies,
  dimension: string,
  start: string,
): Tally | null {
  const index = subjects.indexOf(dimension);
  return index < 0 ? null : decodeTally(dimension, numbers.split(';', index + 1)[index], start);
}
