import * as v from 'valibot';
import { isEvent, type MailgunEvent } from '../events/event';
import { entriesOf, type Fields } from '../events/field';
import { eventFields, type LogFields, storedFields } from '../events/fields';
import { providerOf } from '../events/provider';
import { type Connection, collections, everything } from './connection';
import { findTogether } from './find-together';
import { gather } from './gather';
import { attempt } from './settle';

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

export async function findEvent(connection: Connection, key: string): Promise<StoredEvent | null> {
  const found = await connection.findOneOrNull(collections.events, key);
  return found === null ? null : parseEvent(found);
}

const findDocument = findTogether(collections.events);

/** As {@link findEvent}, in one call with others who look for events at the same time. */
export async function findEventTogether(connection: Connection, key: string): Promise<StoredEvent | null> {
  const found = await findDocument(connection, key);
  return found === null ? null : parseEvent(found);
}

/** Calls an event done, in one call with others that are done at the same time after as many attempts. */
export const finishTogether = gather<Connection, { key: string; attempts: number }, void>(
  async (connection, done) => {
    const processedAt = new Date().toISOString();
    for (const attempts of new Set(done.map((one) => one.attempts))) {
      const keys = done.filter((one) => one.attempts === attempts).map(({ key }) => key);
      await connection.updateMany(
        collections.events,
        { _id: { $in: keys } },
        { $set: { state: 'done', processedAt, attempts, lastError: null } },
      );
    }
    return () => undefined;
  },
);

const named = v.object({ _id: v.string() });

/** Which of some keys the log holds. */
export async function knownKeys(connection: Connection, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const documents = await connection
    .getMany(
      collections.events,
      { _id: { $in: [...keys] } },
      { limit: everything, hints: { $fields: { event: 1 } } },
    )
    .toArray();
  return new Set(documents.map((document) => v.parse(named, document)._id));
}

type Arrival = Pick<StoredEvent, 'receivedAt' | 'source' | 'signingKey'>;

/** Whether a value says no more than that there is none: null, zero, an empty list, flags that are all down. */
function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object') return value === undefined || value === 0;
  return value === null || Object.values(value).every((item) => item === false);
}

const ownFields = Object.keys(eventFields).filter((name) => name !== 'key');

/** The document of a new event; what is null or empty is left out. */
function documentOf(event: MailgunEvent, { receivedAt, source, signingKey }: Arrival): object {
  const document: Record<string, unknown> = { _id: event.key };
  const values: Readonly<Record<string, unknown>> = event;
  for (const name of ownFields) {
    const value = values[name];
    if (!isEmpty(value)) document[name] = value;
  }
  return Object.assign(document, { receivedAt, source, ...(signingKey === null ? {} : { signingKey }) });
}

/**
 * Stores a new event, and how it came to us. When it returns, the event is in the log.
 * @throws when it is not, or nobody can say
 */
export async function insertEvent(
  connection: Connection,
  event: MailgunEvent,
  arrival: Arrival,
): Promise<void> {
  try {
    await connection.insertOne(collections.events, documentOf(event, arrival));
  } catch (error) {
    // A copy may have been faster, or the insert may have taken effect before it failed.
    if ((await attempt(connection.findOneOrNull(collections.events, event.key))) === null) throw error;
  }
}

/** Gives a dead event all its attempts again. */
export async function reviveEvent(connection: Connection, key: string): Promise<void> {
  const fields = { attempts: 0, sweptAt: null };
  await connection.updateOne(collections.events, key, { $set: fields, $unset: { state: '' } });
}

function hasPersonal(parts: Fields | undefined): parts is Fields {
  return Object.values(parts ?? {}).some(({ isPersonal }) => isPersonal);
}

/** The values of some fields without what identifies a person. */
function withoutPerson(table: Fields, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const erased: Record<string, unknown> = {};
  for (const [name, { isPersonal, isNullable, parts }] of Object.entries(table)) {
    const value = values[name];
    if (isPersonal) erased[name] = isNullable ? null : '';
    else if (hasPersonal(parts) && v.is(v.record(v.string(), v.unknown()), value))
      erased[name] = { ...value, ...withoutPerson(parts, value) };
  }
  return erased;
}

/** Takes from an event everything that identifies the person it is about. What counts stays. */
export async function eraseRecipient(
  connection: Connection,
  event: StoredEvent,
  standIn: string,
): Promise<void> {
  await connection.updateOne(collections.events, event.key, {
    $set: {
      ...withoutPerson(storedFields, event),
      recipient: standIn,
      // What the domain told of it would be gone.
      recipientProvider: providerOf(event),
    },
  });
}

/** Sets fields of the event's processing; never of what Mailgun sent. */
export async function updateEvent(
  connection: Connection,
  key: string,
  fields: Partial<
    Pick<StoredEvent, 'processedAt' | 'attempts' | 'sweptAt' | 'state' | 'lastError' | 'first' | 'firstOfDay'>
  >,
): Promise<void> {
  await connection.updateOne(collections.events, key, { $set: fields });
}
