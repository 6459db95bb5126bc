import type { Connection } from '../store/connection';
import type { Alert } from './alert';
import { evaluate, isShareRule } from './evaluate';
import { nothingOf } from './reading';
import type { RuleInForce } from './rules';
import { readWindowAt } from './statistics-read';
import { describeValue } from './words';

/**
 * A word about an alert that would not have opened with all events that are known by now: late ones, and what the
 * back-fill has brought, correct a rate.
 * @returns null when it would have opened all the same, or nobody can say
 */
export async function wordOfCorrection(
  connection: Connection,
  rule: RuleInForce,
  { scope, openedAt, thresholds, steps }: Alert,
): Promise<string | null> {
  const opened = steps.find(({ kind }) => kind === 'opened');
  if (!isShareRule(rule) || thresholds === null || opened === undefined) return null;
  const window = await readWindowAt(connection, Date.parse(openedAt), thresholds.windowHours);
  const then = { ...rule, thresholds, scopes: rule.scopes };
  const corrected = evaluate(then, window).find((reading) => reading.scope === scope) ?? nothingOf(scope);
  const isSame = corrected.count === opened.count && corrected.volume === opened.volume;
  // Fewer events than then: they were removed, by retention for instance, and say nothing.
  if (isSame || corrected.level !== null || corrected.volume < opened.volume) return null;
  const { value, count, volume } = corrected;
  return `It rested on incomplete numbers: events came late, and with them it was ${describeValue(value, rule.unit)} (${count} of ${volume}) when this alert opened, not ${describeValue(opened.value, rule.unit)} (${opened.count} of ${opened.volume}).`;
}
