import { bucketsBetween } from '../statistics/buckets';
import type { Connection } from '../store/connection';
import { causesOf } from './causes';
import { evaluate, isShareRule } from './evaluate';
import type { RuleInForce, RuleName } from './rules';
import type { Scope } from './scope';
import { type WindowCounts, windowCounts } from './window';

const dayMs = 86_400_000;
/** Days that are looked back on, today included. */
export const firedDays = 30;

/**
 * How often a rule would have opened an alert, taking each day as one window: days in a row are one alert.
 * @param days the counters of each day, the oldest first; a day without events too
 */
export function openingsIn(rule: RuleInForce, days: readonly WindowCounts[]): number {
  if (!isShareRule(rule)) return 0;
  let openings = 0;
  let open = new Set<Scope>();
  for (const day of days) {
    const readings = evaluate(rule, day);
    const stillOpen = readings.filter(({ scope, isClear }) => open.has(scope) && !isClear);
    const opened = causesOf(readings, open, rule.thresholds);
    openings += opened.length;
    open = new Set([...stillOpen, ...opened].map(({ scope }) => scope));
  }
  return openings;
}

/**
 * How often each rule would have fired in the last 30 days with its thresholds, from the numbers of the days: one read, none without such rules.
 * Of rules that go by other things than shares of the mail nothing is known.
 * @param now milliseconds since 1970
 */
export async function wouldHaveFired(
  connection: Connection,
  rules: readonly RuleInForce[],
  now: number,
): Promise<Map<RuleName, number>> {
  const shareRules = rules.filter(isShareRule);
  if (shareRules.length === 0) return new Map();
  const today = Math.floor(now / dayMs) * dayMs;
  const start = new Date(today - (firedDays - 1) * dayMs).toISOString();
  const stored = await bucketsBetween(connection, 'day', start, new Date(today + dayMs).toISOString());
  const byStart = new Map(stored.map((bucket) => [bucket.start, windowCounts([bucket])]));
  const days = Array.from({ length: firedDays }, (_, at) => {
    const day = new Date(today - (firedDays - 1 - at) * dayMs).toISOString();
    return byStart.get(day) ?? new Map();
  });
  return new Map(shareRules.map((rule) => [rule.name, openingsIn(rule, days)]));
}
