import { judge, type Reading } from './reading';
import type { RuleInForce } from './rules';
import { kindOfScope } from './scope';
import type { StatisticsRead } from './statistics-read';
import { countIn, usualAt } from './usual';

const deliveredOf = ({ delivered = 0 }: { delivered?: number | undefined }) => delivered;

/** How much less was delivered in the last full hour than is usual at that hour, for each scope with a past. */
export function evaluateStopped(
  rule: RuleInForce,
  { lastHour, lastHourBefore }: Pick<StatisticsRead, 'lastHour' | 'lastHourBefore'>,
): Reading[] {
  const scopes = new Set(lastHourBefore.flatMap((window) => (window === null ? [] : [...window.keys()])));
  const readings: Reading[] = [];
  for (const scope of scopes) {
    const kind = kindOfScope(scope);
    if (kind === null || !rule.scopes.includes(kind)) continue;
    const usual = usualAt(lastHourBefore, (window) => countIn(window, scope, deliveredOf));
    if (usual === 0) continue;
    const delivered = countIn(lastHour, scope, deliveredOf);
    const count = Math.max(0, usual - delivered);
    const details = [`${delivered} were delivered in the last full hour, ${usual} are usual.`];
    readings.push(judge({ scope, value: count / usual, count, volume: usual, details }, rule.thresholds));
  }
  return readings;
}
