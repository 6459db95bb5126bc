import * as v from 'valibot';
import { findEvent } from '../event-log/event-log';
import { presentEvent } from '../event-log/present-event';
import { eventLog, type StoredEvent } from '../event-log/stored-event';
import { doubtOf, failureClasses, meaningOf } from '../events/classify';
import type { FieldPath } from '../events/fields';
import { parseMailbox } from '../events/mailbox';
import { readSearchSettings } from '../settings/settings';
import { listRoutes } from './list';
import { ApiError, pathParameter, route } from './route';
import { from, to } from './span';

/** Columns of an event in a CSV. */
export const eventColumns = [
  'key',
  'occurredAt',
  'event',
  'severity',
  'reason',
  'classification',
  'failureCode',
  'recipient',
  'domain',
  'tags',
  'subject',
  'messageId',
  'deliveryStatus.code',
  'deliveryStatus.enhancedCode',
  'deliveryStatus.message',
  'deliveryStatus.lastMessage',
  'url',
  'ip',
  'geolocation.country',
  'clientInfo.name',
  'bot',
  'receivedAt',
  'state',
  'lastError',
] as const satisfies readonly FieldPath[];

/** A variable with its value, `order_id:1234`. @throws ApiError 400 when events cannot be found by it */
function listedVariable(given: string): string {
  const [name = '', value = ''] = given.split(/:(.*)/s);
  const refused = (why: string) =>
    new ApiError(400, 'invalid_parameter', `The parameter variable is not accepted: ${why}`);
  const result = readSearchSettings();
  if ('problem' in result) throw refused(result.problem);
  if (value === '') throw refused('it must be a name and a value such as order_id:1234.');
  const { searchableVariables } = result.settings;
  if (searchableVariables.includes(name)) return given;
  throw refused(
    searchableVariables.length === 0
      ? 'no variable is searched for yet. List their names in SEARCHABLE_VARIABLES.'
      : `${name} is not listed in SEARCHABLE_VARIABLES, only ${searchableVariables.join(', ')}.`,
  );
}

/** `GET /api/events?recipient=&tag=&event=&messageId=&domain=&classification=&variable=&from=&to=`: the event log, newest first. */
export const events = listRoutes({
  parameters: {
    recipient: v.optional(v.string()),
    tag: v.optional(v.string()),
    event: v.optional(v.string()),
    messageId: v.optional(v.string()),
    domain: v.optional(v.string()),
    classification: v.optional(v.picklist(failureClasses)),
    variable: v.optional(v.string()),
    from: v.optional(from),
    to: v.optional(to),
  },
  select: ({ recipient, tag, event, messageId, domain, classification, variable, from: start, to: end }) => ({
    collection: eventLog,
    filter: {
      recipient: recipient === undefined ? undefined : (parseMailbox(recipient) ?? recipient),
      messageId: messageId === undefined ? undefined : bareMessageId(messageId),
      tags: tag?.toLowerCase(),
      event: event?.toLowerCase(),
      domain: domain?.toLowerCase(),
      classification,
      variables: variable === undefined ? undefined : listedVariable(variable),
      occurredAt: start || end ? { ...(start && { $gte: start }), ...(end && { $lt: end }) } : undefined,
    },
    by: 'occurredAt',
    descending: true,
    without: ['raw'],
    notInTables: ['userVariables'],
  }),
  present: presentEvent,
  columns: eventColumns,
});

/** A message id without the angle brackets that mail programs show around it. */
export function bareMessageId(text: string): string {
  return text.replace(/^<|>$/g, '');
}

/** What a failure says of its address; null for any other event. */
function presentMeaning(event: StoredEvent) {
  const { classification } = event;
  if (classification === null) return null;
  const { listedByMailgun, addressIsBad } = meaningOf({ ...event, classification });
  return { listedByMailgun, addressIsBad, doubt: doubtOf({ ...event, classification }) };
}

/** `GET /api/events/:key`: one event with what it means for its address, and its untouched original as text. */
export const getEvent = route(async (connection, request) => {
  const event = await findEvent(connection, pathParameter(request, 'key'));
  if (event === null) throw new ApiError(404, 'not_found', 'No event in the log has this key.');
  return { ...presentEvent(event), meaning: presentMeaning(event), raw: event.raw === '' ? null : event.raw };
});
