import type { StoredCounter } from '../statistics/counter-table';
import type { Difference } from './compared-counters';
import type { OwnEvents } from './explain';
import { type Cause, type Explained, explain } from './explain';
import type { OnlyOurs } from './only-ours';

/** An hour beside midnight: what it differs by there may stand on the other day. */
export interface Neighbour {
  readonly differences: readonly Difference[];
}

/** Takes out what an hour beside it has the other way round. */
function withoutRounded(
  { causes, rest }: Explained,
  neighbour: readonly Difference[],
): { causes: Cause[]; rest: Map<StoredCounter, number> } {
  const left = new Map(rest);
  const rounded: Cause[] = [];
  for (const { counter, ours, mailgun } of neighbour) {
    const [here, there] = [left.get(counter) ?? 0, mailgun - ours];
    if (here === 0 || Math.sign(here) === Math.sign(there)) continue;
    const count = Math.sign(here) * Math.min(Math.abs(here), Math.abs(there));
    rounded.push({ counter, reason: 'rounding', count });
    if (here === count) left.delete(counter);
    else left.set(counter, here - count);
  }
  return { causes: [...causes, ...rounded], rest: left };
}

/**
 * What is known of an hour that differs without asking Mailgun's record.
 * @param neighbour the differences of the hour beside midnight; none for others
 */
export function explainHour(
  differences: readonly Difference[],
  own: OwnEvents,
  neighbour: readonly Difference[] = [],
): Explained {
  return withoutRounded(explain(differences, own), neighbour);
}

/** Whether Mailgun's record must be looked through: we have more than Mailgun counts. */
export function needsRecord({ rest }: Explained): boolean {
  return [...rest.values()].some((count) => count < 0);
}

/**
 * Says why the rest differs, once all that Mailgun's record lists is stored and counted.
 * @param onlyOurs what only we have; null where nobody has looked
 */
export function judgeHour({ causes, rest }: Explained, onlyOurs: OnlyOurs | null): Cause[] {
  const judged = [...causes];
  for (const [counter, count] of rest) {
    if (count > 0) {
      judged.push({ counter, reason: 'notInRecord', count });
    } else if (onlyOurs === null || onlyOurs.listed === 0) {
      judged.push({ counter, reason: 'recordGone', count });
    } else {
      const ours = Math.min(-count, onlyOurs.counts[counter] ?? 0);
      if (ours > 0) judged.push({ counter, reason: 'onlyOurs', count: -ours });
      if (-count > ours) judged.push({ counter, reason: 'notInCounts', count: count + ours });
    }
  }
  return judged;
}
