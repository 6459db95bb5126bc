import * as v from 'valibot';
import { type ThresholdChange, thresholdChange } from '../settings/alert-thresholds';
import { readPlan } from '../settings/plan';
import { readAlertSettings } from '../settings/settings';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import type { Thresholds } from './level';
import { hasWindow, type Rule, type RuleInForce, type RuleName, ruleNames, ruleTable } from './rules';

const storedChange = v.object({
  _id: v.string(),
  /** Null: taken back. */
  thresholds: v.optional(v.nullable(thresholdChange), null),
});
type StoredChange = v.InferOutput<typeof storedChange>;

/** Thresholds that were changed by API, by the name of the rule. */
const changedRules = new Collection<RevisedDocument & StoredChange, StoredChange>(
  'alert_rules',
  (document) => v.parse(storedChange, document),
  [],
  'plain',
);

/** Where the thresholds of a rule come from. */
export type ThresholdSource = 'default' | 'settings' | 'api';

export interface RuleWithSource extends RuleInForce {
  readonly source: ThresholdSource;
  readonly defaults: Thresholds;
}

/** What is wrong with thresholds, as a sentence; null when nothing is. */
export function problemOf(rule: Rule, thresholds: Thresholds): string | null {
  const { warn, critical, windowHours } = thresholds;
  if (rule.unit === 'share' && Math.max(warn ?? 0, critical ?? 0) > 1)
    return 'a share is from 0 to 1: 0.003 is 0.3 %.';
  if (warn !== null && critical !== null && critical < warn) return 'critical must not be below warn.';
  if (!hasWindow(rule) && windowHours !== 1) return 'this rule has no windowHours.';
  return null;
}

function defaultsOf(rule: Rule): Thresholds {
  return { ...rule.thresholds, ...(readPlan().plan === 'free' ? rule.onFreePlan : {}) };
}

/** The thresholds with a change; those that the change does not name stay. */
export function withChange(thresholds: Thresholds, change: ThresholdChange): Thresholds {
  const { warn, critical, minVolume, minCount, windowHours } = change;
  return {
    warn: warn === undefined ? thresholds.warn : warn,
    critical: critical === undefined ? thresholds.critical : critical,
    minVolume: minVolume ?? thresholds.minVolume,
    minCount: minCount ?? thresholds.minCount,
    windowHours: windowHours ?? thresholds.windowHours,
  };
}

/** The changes of the settings, and a sentence when they cannot be used. */
function changesOfSettings(): { changes: Record<string, ThresholdChange>; problem: string | null } {
  const result = readAlertSettings();
  if ('problem' in result) return { changes: {}, problem: result.problem };
  const { thresholds: changes } = result.settings;
  const unknown = Object.keys(changes).find((name) => !ruleNames.some((known) => known === name));
  if (unknown !== undefined)
    return {
      changes,
      problem: `ALERT_THRESHOLDS names ${unknown}, which is no rule. The rules are ${ruleNames.join(', ')}.`,
    };
  for (const rule of ruleTable) {
    const change = changes[rule.name];
    const problem = change && problemOf(rule, withChange(defaultsOf(rule), change));
    if (problem) return { changes: {}, problem: `ALERT_THRESHOLDS, ${rule.name}: ${problem}` };
  }
  return { changes, problem: null };
}

function changedRule(
  rule: (typeof ruleTable)[number],
  change: ThresholdChange,
  source: ThresholdSource,
): RuleWithSource {
  const defaults = defaultsOf(rule);
  return { ...rule, thresholds: withChange(defaults, change), defaults, source };
}

/**
 * All rules with the thresholds that are in force: those of the API, else those of the settings, else the defaults. A
 * setting that cannot be used switches nothing off: the defaults hold.
 * @returns the rules, and what is wrong with the settings
 */
export async function rulesInForce(
  connection: Connection,
): Promise<{ rules: RuleWithSource[]; problem: string | null }> {
  const stored = await changedRules.list(connection, { _id: { $gt: '' } });
  const byApi = new Map(stored.map(({ _id, thresholds }) => [_id, thresholds]));
  const { changes, problem } = changesOfSettings();
  const rules = ruleTable.map((rule): RuleWithSource => {
    const defaults = defaultsOf(rule);
    const ofApi = byApi.get(rule.name) ?? null;
    const ofSettings = changes[rule.name];
    if (ofApi !== null) return changedRule(rule, ofApi, 'api');
    if (ofSettings !== undefined) return changedRule(rule, ofSettings, 'settings');
    return { ...rule, thresholds: defaults, defaults, source: 'default' };
  });
  return { rules, problem };
}

/** Changes the thresholds of a rule from their defaults; null: the defaults hold again, or what the settings say. */
export async function changeThresholds(
  connection: Connection,
  name: RuleName,
  thresholds: ThresholdChange | null,
): Promise<void> {
  await compareAndSet(connection, changedRules, {
    id: name,
    identity: {},
    parse: (document) => v.parse(storedChange, document),
    decide: (stored) =>
      JSON.stringify(stored?.thresholds ?? null) === JSON.stringify(thresholds) ? null : { thresholds },
  });
}

/** A rule as it would be with a change from its defaults. @returns a sentence instead when that makes no sense */
export function ruleWithChange(name: RuleName, change: ThresholdChange): RuleWithSource | string {
  const found = ruleTable.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The rule ${name} is not in the table.`);
  const rule = changedRule(found, change, 'api');
  return problemOf(rule, rule.thresholds) ?? rule;
}
