import * as v from 'valibot';
import { type Alert, alerts as alertDocuments } from '../alerts/alert';
import { acknowledgeAlert, muteAlert } from '../alerts/decide';
import { type Rule, ruleTable } from '../alerts/rules';
import { describeScope } from '../alerts/scope';
import { describeValue } from '../alerts/words';
import { shortText } from '../events/text';
import { listRoutes } from './list';
import { ApiError, parseInput, pathParameter, route } from './route';

const noAlert = 'There is no alert with this id.';

/** An alert as lists show it, with the numbers of its last step. */
function presentAlert(alert: Alert) {
  const rule: Rule | undefined = ruleTable.find(({ name }) => name === alert.rule);
  const last = alert.steps.at(-1);
  const value = last?.value ?? 0;
  return {
    id: alert._id,
    rule: alert.rule,
    title: rule?.title ?? alert.rule,
    scope: alert.scope,
    about: describeScope(alert.scope),
    state: alert.state,
    level: alert.level,
    value,
    reads: `${describeValue(value, rule?.unit ?? 'count')} ${rule?.measures ?? ''}`,
    count: last?.count ?? 0,
    volume: last?.volume ?? 0,
    details: last?.details ?? [],
    openedAt: alert.openedAt,
    resolvedAt: alert.resolvedAt,
    acknowledgedAt: alert.acknowledgedAt,
    acknowledgedBy: alert.acknowledgedBy,
    mutedUntil: alert.mutedUntil,
    lastToldAt: alert.toldAt,
    thresholds: alert.thresholds,
  };
}

function presentWithSteps(alert: Alert) {
  return { ...presentAlert(alert), steps: alert.steps };
}

/** `GET /api/alerts?state=open|all`: the last opened first. */
export const alerts = listRoutes({
  parameters: { state: v.optional(v.picklist(['open', 'all'], 'it must be open or all.'), 'open') },
  select: ({ state }) => ({
    collection: alertDocuments,
    filter: state === 'open' ? { state } : { openedAt: { $gt: '' } },
    by: 'openedAt',
    descending: true,
  }),
  present: presentAlert,
  columns: [
    'id',
    'rule',
    'scope',
    'state',
    'level',
    'value',
    'count',
    'volume',
    'openedAt',
    'resolvedAt',
    'acknowledgedAt',
    'acknowledgedBy',
    'mutedUntil',
    'lastToldAt',
  ],
});

/** `GET /api/alerts/:id`: an alert with all its steps. */
export const getAlert = route(async (connection, request) => {
  const id = idOf(pathParameter(request, 'id'));
  const alert = await alertDocuments.find(connection, id);
  if (alert === null || alert.state === null) throw new ApiError(404, 'not_found', noAlert);
  return presentWithSteps(alert);
});

/** @throws ApiError 404 for what can be no id */
function idOf(text: string): string {
  if (!/^[a-z-]+-[0-9a-f]{16}-\d{6,}$/.test(text)) throw new ApiError(404, 'not_found', noAlert);
  return text;
}

const name = v.optional(v.nullable(v.string('it must be a text.')), null);

/** `POST /api/alerts/:id/acknowledge {"by"}`: it is not repeated any more, until it gets worse. */
export const postAcknowledge = route(async (connection, request) => {
  const id = idOf(pathParameter(request, 'id'));
  const { by } = parseInput(v.strictObject({ by: name }), request.body);
  const alert = await acknowledgeAlert(connection, id, shortText(by), Date.now());
  if (alert === null) throw new ApiError(404, 'not_found', noAlert);
  return presentWithSteps(alert);
});

const mute = v.strictObject({
  until: v.nullable(
    v.pipe(
      v.string('it must be a time such as 2026-11-24T04:10:00Z, or null.'),
      v.isoTimestamp('it must be a time such as 2026-11-24T04:10:00Z, or null.'),
      v.transform((time) => new Date(time).toISOString()),
    ),
  ),
  by: name,
});

/** `POST /api/alerts/:id/mute {"until", "by"}`: nobody is told of it until then. */
export const postMute = route(async (connection, request) => {
  const id = idOf(pathParameter(request, 'id'));
  const { until, by } = parseInput(mute, request.body);
  const alert = await muteAlert(connection, id, until, shortText(by), Date.now());
  if (alert === null) throw new ApiError(404, 'not_found', noAlert);
  return presentWithSteps(alert);
});
