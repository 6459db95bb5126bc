import { storedCounters } from '../statistics/counter-table';
import type { Tally } from '../statistics/tally';

/** One number or field that is stored otherwise than the event log says. */
export interface Difference {
  /** The document: a bucket's id, a campaign's tag or an address. */
  where: string;
  what: string;
  expected: unknown;
  stored: unknown;
}

/** What a part of the audit has found in one step. */
export interface Findings {
  differences: Difference[];
  /** How many documents were looked at. */
  checked: number;
  /** Places that cannot be checked any more, each with the reason. */
  skipped: string[];
  /** Where the next step goes on, null when this part is through. */
  next: string | null;
}

/** The differences between two lists of tallies of one bucket. */
export function compareTallies(
  where: string,
  expected: readonly Tally[],
  stored: readonly Tally[],
): Difference[] {
  const should = new Map(expected.map((tally) => [tally.dimension, tally]));
  const is = new Map(stored.map((tally) => [tally.dimension, tally]));
  return [...new Set([...should.keys(), ...is.keys()])].flatMap((dimension) => {
    const numbers = (tally: Tally | undefined): Record<string, unknown> => ({
      ...Object.fromEntries(storedCounters.map((counter) => [counter, tally?.counts[counter] ?? 0])),
      ever: tally?.ever ?? {},
      firstEventAt: tally?.firstEventAt ?? null,
      lastEventAt: tally?.lastEventAt ?? null,
    });
    return compareFields(`${where} ${dimension}`, numbers(should.get(dimension)), numbers(is.get(dimension)));
  });
}

/** The differences between two objects, field by field. */
export function compareFields(where: string, expected: object, stored: object): Difference[] {
  const is = new Map<string, unknown>(Object.entries(stored));
  return Object.entries(expected).flatMap(([what, value]: [string, unknown]) =>
    JSON.stringify(value) === JSON.stringify(is.get(what))
      ? []
      : [{ where, what, expected: value, stored: is.get(what) ?? null }],
  );
}
