import type { StoredCounter } from '../statistics/counter-table';
import type { Counts } from '../statistics/counters';
import { comparedCounters, type Difference } from './compared-counters';
import type { Reason } from './reasons';

/** Kinds of events that we count apart. */
export const apartKinds = ['test', 'routed', 'callback'] as const;
export type ApartKind = (typeof apartKinds)[number];

/** What our own events of a span are, by what counts them. */
export interface OwnEvents {
  /** As the event log has them, whether they are counted or not. */
  readonly logged: Counts;
  /** What those would raise that we count apart. */
  readonly apart: Readonly<Record<ApartKind, Counts>>;
  /** What those raise whose own time cannot be. */
  readonly received: Counts;
  /** What those raise that came by legacy webhooks. */
  readonly legacy: Counts;
}

/** A part of a difference and why it is: how many more Mailgun counts; negative: we do. */
export interface Cause {
  readonly counter: StoredCounter;
  readonly reason: Reason;
  readonly count: number;
}

/** A difference of which a part is explained. */
export interface Explained {
  readonly causes: readonly Cause[];
  /** What is left of each number: how many more Mailgun counts; negative: we do. */
  readonly rest: ReadonlyMap<StoredCounter, number>;
}

/** Legacy webhooks do not tell these. */
const untoldByLegacy: ReadonlySet<StoredCounter> = new Set([
  'deliveredFirstAttempt',
  'deliveredTwoPlusAttempts',
  'suppressedBounces',
  'suppressedComplaints',
  'suppressedUnsubscribes',
]);

const wholeOf = new Map(
  comparedCounters.flatMap(({ counter, event }) => {
    const whole = comparedCounters.find((other) => other.isWhole && other.event === event);
    return whole === undefined || whole.counter === counter ? [] : [[counter, whole.counter] as const];
  }),
);
const onceOnly = new Set(comparedCounters.flatMap(({ counter, isOnce }) => (isOnce ? [counter] : [])));

/** All choices of the kinds, the smallest first. */
const choices: ReadonlyArray<readonly ApartKind[]> = [1, 2, 4, 3, 5, 6, 7].map((bits) =>
  apartKinds.filter((_, at) => bits & (1 << at)),
);

/** Which kinds that we count apart make up a number exactly; none when they do not. */
function apartThatMake(rest: number, counter: StoredCounter, { apart }: OwnEvents): readonly ApartKind[] {
  const sum = (kinds: readonly ApartKind[]) =>
    kinds.reduce((total, kind) => total + (apart[kind][counter] ?? 0), 0);
  return rest <= 0 ? [] : (choices.find((kinds) => sum(kinds) === rest) ?? []);
}

function explainOne(
  { counter, ours, mailgun }: Difference,
  own: OwnEvents,
): { causes: Cause[]; rest: number } {
  const causes: Cause[] = [];
  let rest = mailgun - ours;
  const because = (reason: Reason, count: number) => {
    if (count === 0) return;
    causes.push({ counter, reason, count });
    rest -= count;
  };
  if (onceOnly.has(counter)) {
    because('uniques', rest);
    return { causes, rest };
  }
  if (rest > 0) because('unfinished', Math.max(0, Math.min(rest, (own.logged[counter] ?? 0) - ours)));
  if (rest < 0) because('receipt', -Math.min(-rest, own.received[counter] ?? 0));
  for (const kind of apartThatMake(rest, counter, own)) because(kind, own.apart[kind][counter] ?? 0);
  return { causes, rest };
}

/**
 * Says of the differences of a span what our own events tell of them. What is left is neither explained by them nor by a
 * rule that the two sides have different.
 */
export function explain(differences: readonly Difference[], own: OwnEvents): Explained {
  const causes: Cause[] = [];
  const rest = new Map<StoredCounter, number>();
  for (const difference of differences) {
    const explained = explainOne(difference, own);
    causes.push(...explained.causes);
    if (explained.rest !== 0) rest.set(difference.counter, explained.rest);
  }
  for (const [counter, count] of [...rest]) {
    const whole = wholeOf.get(counter);
    // Where all events of the type are the same, only the name differs under which one is counted.
    if (whole === undefined || rest.has(whole)) continue;
    const isLegacy = untoldByLegacy.has(counter) && Math.abs(count) <= (own.legacy[whole] ?? 0);
    causes.push({ counter, reason: isLegacy ? 'legacy' : 'classed', count });
    rest.delete(counter);
  }
  return { causes, rest };
}

/** Causes of the same number and reason as one, those that add up to nothing left out. */
export function mergeCauses(causes: readonly Cause[]): Cause[] {
  const merged = new Map<string, Cause>();
  for (const cause of causes) {
    const key = `${cause.counter}|${cause.reason}`;
    merged.set(key, { ...cause, count: (merged.get(key)?.count ?? 0) + cause.count });
  }
  return [...merged.values()].filter(({ count }) => count !== 0);
}
