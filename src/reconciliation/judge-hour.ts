import type { StoredCounter } from '../statistics/counter-table';
import type { Difference } from './compared-counters';
import type { Cause, Explained } from './explain';
import type { OnlyOurs } from './only-ours';

/**
 * What hours that follow each other have the opposite way round: an event at the full hour, which one side counts before it
 * and the other behind it.
 * @param byHour the differences of hours in their order
 * @returns of each hour how many more Mailgun counts for that reason; negative: we do
 */
export function roundedAway(byHour: readonly (readonly Difference[])[]): Map<StoredCounter, number>[] {
  const rounded = byHour.map(() => new Map<StoredCounter, number>());
  const left = byHour.map(
    (differences) => new Map(differences.map(({ counter, ours, mailgun }) => [counter, mailgun - ours])),
  );
  for (const [at, here] of left.entries()) {
    const next = left[at + 1];
    for (const [counter, count] of here) {
      const there = next?.get(counter) ?? 0;
      if (count === 0 || there === 0 || Math.sign(count) === Math.sign(there)) continue;
      const moved = Math.sign(count) * Math.min(Math.abs(count), Math.abs(there));
      rounded[at]?.set(counter, (rounded[at]?.get(counter) ?? 0) + moved);
      rounded[at + 1]?.set(counter, -moved);
      next?.set(counter, there + moved);
    }
  }
  return rounded;
}

/** Takes out of what is left of an hour what stands in the hour beside it. */
export function withoutRounded(
  { causes, rest }: Explained,
  rounded: ReadonlyMap<StoredCounter, number>,
): Explained {
  const left = new Map(rest);
  const found: Cause[] = [];
  for (const [counter, moved] of rounded) {
    const here = left.get(counter) ?? 0;
    if (here === 0 || Math.sign(here) !== Math.sign(moved)) continue;
    const count = Math.sign(here) * Math.min(Math.abs(here), Math.abs(moved));
    found.push({ counter, reason: 'rounding', count });
    if (here === count) left.delete(counter);
    else left.set(counter, here - count);
  }
  return { causes: [...causes, ...found], rest: left };
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
