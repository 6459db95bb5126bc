import type { Connection } from '../store/connection';
import { evaluate, isShareRule } from './evaluate';
import { type Facts, readFacts } from './facts';
import { isOperationRule, operationMeasures } from './operation';
import { judge, type Reading } from './reading';
import { isOff, type RuleInForce } from './rules';
import { readStatistics, type StatisticsRead } from './statistics-read';
import { evaluateStopped } from './stopped';

/** What a rule reads of each scope. */
export interface RuleReadings {
  readonly rule: RuleInForce;
  readonly readings: readonly Reading[];
}

function readingsOf(rule: RuleInForce, statistics: StatisticsRead, facts: Facts, now: number): Reading[] {
  if (isOff(rule)) return [];
  if (isShareRule(rule)) return evaluate(rule, statistics.window(rule.thresholds.windowHours));
  if (isOperationRule(rule.name))
    return operationMeasures[rule.name](facts, now).map((measured) => judge(measured, rule.thresholds));
  return evaluateStopped(rule, statistics);
}

/** Takes the readings of all rules. @param now milliseconds since 1970 */
export async function measureRules(
  connection: Connection,
  rules: readonly RuleInForce[],
  now: number,
): Promise<RuleReadings[]> {
  const statistics = await readStatistics(connection, now);
  const facts = await readFacts(connection, now, statistics);
  return rules.map((rule) => ({ rule, readings: readingsOf(rule, statistics, facts, now) }));
}
