import { allMail } from '../statistics/dimension';
import { alertLevels, type Thresholds } from './level';
import { judge, type Reading } from './reading';
import { kindOfScope, narrowestFirst, type Scope } from './scope';

/** How much thinner than what it explains a cause may be spread. */
const minConcentration = 0.5;
/** Readings that are compared with each other at most. */
const maxCompared = 300;

/** Mail that two scopes have in common at least, given how much there is in all. */
function leastInCommon(one: number, other: number, all: number): number {
  return Math.max(0, one + other - all);
}

/** Whether a reading would not fire without the mail that it has in common with another one for sure. */
function explains(
  cause: Reading,
  reading: Reading,
  all: Reading | undefined,
  thresholds: Thresholds,
): boolean {
  const isAsBad =
    alertLevels.indexOf(cause.level ?? 'warn') >= alertLevels.indexOf(reading.level ?? 'warn') &&
    cause.value >= reading.value * minConcentration;
  if (!isAsBad) return false;
  const [allCount, allVolume] =
    all === undefined ? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] : [all.count, all.volume];
  const count = reading.count - leastInCommon(reading.count, cause.count, allCount);
  const volume = reading.volume - leastInCommon(reading.volume, cause.volume, allVolume);
  const rest = { ...reading, count, volume, value: volume === 0 ? 0 : count / volume };
  return judge(rest, thresholds).level === null;
}

function rank(scope: Scope): number {
  const kind = kindOfScope(scope);
  return kind === null ? narrowestFirst.length : narrowestFirst.indexOf(kind);
}

/** Which of two readings says more: the one with much of it in little mail, or of a narrower scope. */
function moreTelling(a: Reading, b: Reading): number {
  return (
    b.value * b.count - a.value * a.count || rank(a.scope) - rank(b.scope) || (a.scope < b.scope ? -1 : 1)
  );
}

/**
 * Of the readings of a rule that fire, those that a person should be told of. One bad campaign drives up the rates of its
 * domain, of its recipients' providers and of all mail: that is one thing to tell, not five. A reading is explained by
 * another one that is as bad and no more than twice as thin, when it would not fire without the mail that both have in
 * common for sure; of two that explain each other, the more telling one is told.
 * @param readings all that were taken, firing or not
 * @param open scopes that have an open alert: they explain too, as long as they are not clear
 */
export function causesOf(
  readings: readonly Reading[],
  open: ReadonlySet<Scope>,
  thresholds: Thresholds,
): Reading[] {
  const all = readings.find(({ scope }) => scope === allMail);
  const told = readings.filter(({ scope, isClear }) => open.has(scope) && !isClear);
  const firing = readings
    .filter(({ level, scope }) => level !== null && !open.has(scope))
    .sort(moreTelling)
    .slice(0, maxCompared);
  return firing.filter(
    (reading) =>
      !told.some((cause) => explains(cause, reading, all, thresholds)) &&
      !firing.some(
        (cause) =>
          cause !== reading &&
          explains(cause, reading, all, thresholds) &&
          (moreTelling(cause, reading) < 0 || !explains(reading, cause, all, thresholds)),
      ),
  );
}
