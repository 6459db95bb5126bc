import * as v from 'valibot';
import { isEvent, type MailgunEvent } from '../events/event';
import { entriesOf, type Fields } from '../events/field';
import { eventFields, type LogFields, storedFields } from '../events/fields';
import { Collection } from '../store/collection';
import { eventLogName } from '../store/platform';
import { plausibleTime } from './plausible-time';

const identified = v.custom<{ _id: string }>(
  (value) => typeof value === 'object' && value !== null && '_id' in value && typeof value._id === 'string',
  'A document needs an _id.',
);

const storedEvent = v.pipe(v.object(entriesOf(storedFields)), v.guard(isEvent));

/** An event as the log keeps it. */
export type StoredEvent = MailgunEvent & LogFields;

/** Parses a document of the event log. @throws ValiError when it is not one */
export function parseEvent(read: unknown): StoredEvent {
  const document = v.parse(identified, read);
  // To copy so many fields for the sake of one costs more than to parse them: the document gets it.
  return v.parse(storedEvent, Object.assign(document, { key: document._id }));
}

type EventDocument = { _id: string } & Omit<StoredEvent, 'key'>;

/** The event log: every event once, under its key. */
export const eventLog = new Collection<EventDocument, StoredEvent>(
  eventLogName,
  parseEvent,
  [
    ['occurredAt', '_id'],
    ['recipient', 'occurredAt', '_id'],
    ['tags', 'occurredAt', '_id'],
    ['variables', 'occurredAt', '_id'],
    ['event', 'occurredAt', '_id'],
    ['messageId', 'occurredAt', '_id'],
    ['domain', 'occurredAt', '_id'],
    ['classification', 'occurredAt', '_id'],
    ['state', 'receivedAt', '_id'],
  ],
  'plain',
);

/** How an event came to us. */
export type Arrival = Pick<StoredEvent, 'receivedAt' | 'source' | 'signingKey'>;

/** Whether a value is empty: null, zero, an empty list, flags that are all false. */
function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object') return value === undefined || value === 0;
  return value === null || Object.values(value).every((item) => item === false);
}

const ownFields = Object.keys(eventFields).filter((name) => name !== 'key');

/**
 * The document of a new event; what is null or empty is left out.
 * @param variables what it can be found by
 */
export function documentOf(
  event: MailgunEvent,
  { receivedAt, source, signingKey }: Arrival,
  variables: string[],
): { _id: string } & object {
  const document: Record<string, unknown> = {};
  const values: Readonly<Record<string, unknown>> = event;
  for (const name of ownFields) {
    const value = values[name];
    if (!isEmpty(value)) document[name] = value;
  }
  const occurredAt = plausibleTime(event.occurredAt, receivedAt);
  const arrival = { receivedAt, source, ...(signingKey === null ? {} : { signingKey }) };
  const found = variables.length === 0 ? {} : { variables };
  return Object.assign(document, { _id: event.key, occurredAt }, arrival, found);
}

function hasPersonal(parts: Fields | undefined): parts is Fields {
  return Object.values(parts ?? {}).some(({ isPersonal }) => isPersonal);
}

/** The values of some fields without what identifies a person. */
function withoutPersonIn(table: Fields, values: object): Record<string, unknown> {
  const erased: Record<string, unknown> = {};
  const byName = new Map<string, unknown>(Object.entries(values));
  for (const [name, { isPersonal, isNullable, kind, parts }] of Object.entries(table)) {
    const value = byName.get(name);
    if (isPersonal) erased[name] = isNullable ? null : kind === 'texts' ? [] : '';
    else if (hasPersonal(parts) && typeof value === 'object' && value !== null)
      erased[name] = { ...value, ...withoutPersonIn(parts, value) };
  }
  return erased;
}

/** The fields of an event that identify its person, emptied. */
export function withoutPerson(event: StoredEvent): Record<string, unknown> {
  return withoutPersonIn(storedFields, event);
}
