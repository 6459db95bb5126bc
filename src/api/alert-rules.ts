import * as v from 'valibot';
import { hasWindow, type RuleName, ruleNames } from '../alerts/rules';
import { changeThresholds, type RuleWithSource, rulesInForce, ruleWithChange } from '../alerts/thresholds';
import { wouldHaveFired } from '../alerts/would-have-fired';
import { type ThresholdChange, thresholdChange } from '../settings/alert-thresholds';
import type { Connection } from '../store/connection';
import { ApiError, parseInput, pathParameter, route, routeWithQuery } from './route';

function presentRule(rule: RuleWithSource, fired: ReadonlyMap<RuleName, number>) {
  const { name, title, measures, unit, scopes, thresholds, defaults, source, advice, measure } = rule;
  return {
    name,
    title,
    measures,
    unit,
    scopes,
    thresholds,
    defaults,
    hasWindow: hasWindow(rule),
    source,
    wouldHaveFired: fired.get(name) ?? null,
    share: measure.kind === 'share' ? { of: measure.of, per: measure.per } : null,
    advice,
  };
}

const parameters = v.strictObject({
  fired: v.optional(v.picklist(['yes', 'no'], 'it must be yes or no.'), 'yes'),
});

/**
 * `GET /api/alerts/rules?fired=yes|no`: the thresholds in force, and how often each rule would have fired in the last 30
 * days, unless that is not wanted: it reads the numbers of all these days.
 */
export const getRules = routeWithQuery(parameters, async (connection, _, { fired: asked }) => {
  const { rules, problem } = await rulesInForce(connection);
  const fired = await wouldHaveFired(connection, asked === 'yes' ? rules : [], Date.now());
  return { items: rules.map((rule) => presentRule(rule, fired)), problem, next: null };
});

function isRule(name: string): name is RuleName {
  return ruleNames.some((known) => known === name);
}

function nameOf(given: string): RuleName {
  if (!isRule(given))
    throw new ApiError(404, 'not_found', `There is no such rule. The rules are ${ruleNames.join(', ')}.`);
  return given;
}

async function withFired(connection: Connection, rule: RuleWithSource) {
  return presentRule(rule, await wouldHaveFired(connection, [rule], Date.now()));
}

async function ruleNow(connection: Connection, name: RuleName) {
  const { rules } = await rulesInForce(connection);
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined) throw new Error(`The rule ${name} is not in the table.`);
  return withFired(connection, rule);
}

/** @throws ApiError 400 with a sentence when the thresholds make no sense */
function readChange(name: RuleName, body: unknown): { change: ThresholdChange; rule: RuleWithSource } {
  const change = parseInput(thresholdChange, body);
  const rule = ruleWithChange(name, change);
  if (typeof rule === 'string')
    throw new ApiError(400, 'invalid_parameter', `These thresholds are not accepted: ${rule}`);
  return { change, rule };
}

/** `PUT /api/alerts/rules/:name {"warn", "critical", "minVolume", "minCount", "windowHours"}`: what is other than by default. */
export const changeRule = route(async (connection, request) => {
  const name = nameOf(pathParameter(request, 'name'));
  const { change } = readChange(name, request.body);
  await changeThresholds(connection, name, change);
  return ruleNow(connection, name);
});

/** `POST /api/alerts/rules/:name/trial`: takes what PUT takes, and answers the rule as it would be. Nothing is changed. */
export const tryRule = route(async (connection, request) => {
  const { rule } = readChange(nameOf(pathParameter(request, 'name')), request.body);
  return withFired(connection, rule);
});

/** `DELETE /api/alerts/rules/:name`: the default holds again, or what the settings say. */
export const resetRule = route(async (connection, request) => {
  const name = nameOf(pathParameter(request, 'name'));
  await changeThresholds(connection, name, null);
  return ruleNow(connection, name);
});
