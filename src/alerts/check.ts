import type { httpRequest, httpResponse } from 'codehooks-js';
import { log, reasonOf } from '../log';
import { compareAndSet } from '../store/compare-and-set';
import { type Connection, connect } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { type Alert, alerts, idOfAlert, lastOpening, openAlerts } from './alert';
import { causesOf } from './causes';
import { applyStep, nextStep } from './life';
import { measureRules, type RuleReadings } from './measure';
import { publishSteps } from './publish-steps';
import { nothingOf, type Reading } from './reading';
import { wordOfCorrection } from './rest-on';
import { isOff, type RuleInForce } from './rules';
import { rulesInForce } from './thresholds';

/** Alerts of a rule that one check opens at most: nobody reads more. The worst come first, the next check goes on. */
const maxOpened = 20;

async function wordOf(connection: Connection, rule: RuleInForce, alert: Alert): Promise<string | null> {
  if (isOff(rule)) return 'The rule was switched off.';
  return wordOfCorrection(connection, rule, alert);
}

/** Takes an alert a step further, if there is one. Who comes second reads what the first has written. */
async function takeStep(
  connection: Connection,
  rule: RuleInForce,
  alert: Pick<Alert, 'scope' | 'opening' | 'mutedUntil'>,
  reading: Reading,
  now: number,
): Promise<void> {
  const { scope, opening, mutedUntil } = alert;
  const identity = { rule: rule.name, scope, opening };
  await compareAndSet(connection, alerts, {
    id: idOfAlert(identity),
    identity,
    parse: (document) => alerts.parse(document),
    decide: async (stored) => {
      const next = nextStep(stored, reading, now);
      if (next === null) return null;
      const word =
        next.kind === 'resolved' && stored !== null ? await wordOf(connection, rule, stored) : null;
      const { thresholds } = rule;
      return applyStep(stored, { ...identity, thresholds, mutedUntil }, next, reading, now, word);
    },
  });
}

async function open(connection: Connection, rule: RuleInForce, reading: Reading, now: number): Promise<void> {
  const last = await lastOpening(connection, rule.name, reading.scope);
  const isUnused = last !== null && last.state !== 'resolved';
  const opening = last === null ? 1 : isUnused ? last.opening : last.opening + 1;
  const place = { scope: reading.scope, opening, mutedUntil: last?.mutedUntil ?? null };
  await takeStep(connection, rule, place, reading, now);
}

async function checkRule(
  connection: Connection,
  { rule, readings }: RuleReadings,
  allOpen: readonly Alert[],
  now: number,
): Promise<void> {
  const own = allOpen.filter((alert) => alert.rule === rule.name);
  const byScope = new Map(readings.map((reading) => [reading.scope, reading]));
  await mapWithLimit(own, (alert) =>
    takeStep(connection, rule, alert, byScope.get(alert.scope) ?? nothingOf(alert.scope), now),
  );
  const causes = causesOf(readings, new Set(own.map(({ scope }) => scope)), rule.thresholds);
  if (causes.length > maxOpened)
    log.warn('more alerts than one check opens, the next one goes on', {
      rule: rule.name,
      alerts: causes.length,
    });
  await mapWithLimit(causes.slice(0, maxOpened), (reading) => open(connection, rule, reading, now));
}

/**
 * Looks whether somebody is to be told of something. Two may do so at once, and each may die anywhere: an alert takes
 * its steps by compare-and-set, and the next check publishes what this one has not.
 * @param now milliseconds since 1970
 */
export async function checkAlerts(connection: Connection, now: number): Promise<void> {
  const { rules, problem } = await rulesInForce(connection);
  if (problem !== null) log.error('thresholds of alerts not taken from the settings', { error: problem });
  try {
    const [measured, allOpen] = await Promise.all([
      measureRules(connection, rules, now),
      openAlerts(connection),
    ]);
    for (const one of measured) await checkRule(connection, one, allOpen, now);
  } finally {
    await publishSteps(connection);
  }
}

/** The cron job. What fails is tried again by its next run. */
export async function checkAlertsByClock(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    await checkAlerts(await connect(), Date.now());
  } catch (error) {
    log.error('alerts not checked, the next run will try again', { error: reasonOf(error) });
  }
  response.end();
}
