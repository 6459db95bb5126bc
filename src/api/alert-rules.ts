import * as v from 'valibot';
import { type RuleName, ruleNames } from '../alerts/rules';
import { changeThresholds, checkChange, type RuleWithSource, rulesInForce } from '../alerts/thresholds';
import { wouldHaveFired } from '../alerts/would-have-fired';
import { thresholdChange } from '../settings/alert-thresholds';
import type { Connection } from '../store/connection';
import { ApiError, parseInput, pathParameter, route, routeWithQuery } from './route';

function presentRule(rule: RuleWithSource, fired: ReadonlyMap<RuleName, number>) {
  const { name, title, measures, unit, scopes, thresholds, source, advice, measure } = rule;
  return {
    name,
    title,
    measures,
    unit,
    scopes,
    thresholds,
    source,
    wouldHaveFired: fired.get(name) ?? null,
    share: measure.kind === 'share' ? { of: measure.of, per: measure.per } : null,
    advice,
  };
}

async function presentRules(connection: Connection, isFiredAsked = true) {
  const { rules, problem } = await rulesInForce(connection);
  const fired = isFiredAsked
    ? await wouldHaveFired(connection, rules, Date.now())
    : new Map<RuleName, number>();
  return { items: rules.map((rule) => presentRule(rule, fired)), problem };
}

const parameters = v.strictObject({
  fired: v.optional(v.picklist(['yes', 'no'], 'it must be yes or no.'), 'yes'),
});

/**
 * `GET /api/alerts/rules?fired=yes|no`: the thresholds in force, and how often each rule would have fired in the last 30
 * days, unless that is not wanted: it reads the numbers of all these days.
 */
export const getRules = routeWithQuery(parameters, async (connection, _, { fired }) => ({
  ...(await presentRules(connection, fired === 'yes')),
  next: null,
}));

function isRule(name: string): name is RuleName {
  return ruleNames.some((known) => known === name);
}

function nameOf(given: string): RuleName {
  if (!isRule(given))
    throw new ApiError(404, 'not_found', `There is no such rule. The rules are ${ruleNames.join(', ')}.`);
  return given;
}

async function ruleNow(connection: Connection, name: RuleName) {
  const { items } = await presentRules(connection);
  const rule = items.find((one) => one.name === name);
  if (rule === undefined) throw new Error(`The rule ${name} is not in the table.`);
  return rule;
}

/** `PUT /api/alerts/rules/:name {"warn", "critical", "minVolume", "minCount", "windowHours"}`: what is other than by default. */
export const changeRule = route(async (connection, request) => {
  const name = nameOf(pathParameter(request, 'name'));
  const change = parseInput(thresholdChange, request.body);
  const problem = checkChange(name, change);
  if (problem !== null)
    throw new ApiError(400, 'invalid_parameter', `These thresholds are not accepted: ${problem}`);
  await changeThresholds(connection, name, change);
  return ruleNow(connection, name);
});

/** `DELETE /api/alerts/rules/:name`: the default holds again, or what the settings say. */
export const resetRule = route(async (connection, request) => {
  const name = nameOf(pathParameter(request, 'name'));
  await changeThresholds(connection, name, null);
  return ruleNow(connection, name);
});
