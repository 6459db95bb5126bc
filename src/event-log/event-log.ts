import * as v from 'valibot';
import type { MailgunEvent } from '../events/event';
import { providerOf } from '../events/provider';
import { log, reasonOf } from '../log';
import type { Connection } from '../store/connection';
import { variablesOf } from './searchable';
import { type Arrival, documentOf, eventLog, type StoredEvent, withoutPerson } from './stored-event';

/** Finds an event, null when the log has none of this key. */
export function findEvent(connection: Connection, key: string): Promise<StoredEvent | null> {
  return eventLog.find(connection, key);
}

/** Which of some keys the log holds. */
export async function knownKeys(connection: Connection, keys: readonly string[]): Promise<Set<string>> {
  return new Set((await eventLog.findAll(connection, keys)).map(({ key }) => key));
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
    await eventLog.insert(connection, documentOf(event, arrival, variablesOf(event)));
  } catch (error) {
    // A copy may have been faster, or the insert may have taken effect before it failed.
    if (!(await isStored(connection, event.key))) throw error;
  }
}

async function isStored(connection: Connection, key: string): Promise<boolean> {
  try {
    return (await eventLog.findDocument(connection, key)) !== null;
  } catch (error) {
    log.warn('event log cannot be read after an insert that failed', { key, error: reasonOf(error) });
    return false;
  }
}

/** Calls an event done after some attempts. */
export async function finishEvent(connection: Connection, key: string, attempts: number): Promise<void> {
  const processedAt = new Date().toISOString();
  await eventLog.update(connection, key, {
    $set: { state: 'done', processedAt, attempts, lastError: null },
  });
}

/** Sets fields of the event's processing; never of what Mailgun sent. */
export async function updateEvent(
  connection: Connection,
  key: string,
  fields: Partial<
    Pick<
      StoredEvent,
      | 'processedAt'
      | 'attempts'
      | 'sweptAt'
      | 'state'
      | 'lastError'
      | 'first'
      | 'firstOfDay'
      | 'firstOfMessage'
      | 'firstOfMessageOnDay'
    >
  >,
): Promise<void> {
  await eventLog.update(connection, key, { $set: fields });
}

/** The tags of a message, as its other events name them; those of an unsubscribe are what it is from. */
export async function tagsOfMessage(
  connection: Connection,
  { recipient, messageId }: { recipient: string; messageId: string },
): Promise<string[]> {
  const found = new Set<string>();
  // All of them: what one that is left out names would depend on the order in which events come.
  await eventLog.visit(
    connection,
    { messageId, recipient, event: { $ne: 'unsubscribed' } },
    v.object({ tags: v.optional(v.array(v.string()), []) }),
    ({ tags }) => {
      for (const tag of tags) found.add(tag);
    },
  );
  return [...found].sort();
}

/** Adds a tag of its message to an event that names none. An event that retention has removed stays removed. */
export async function addMessageTag(connection: Connection, key: string, tag: string): Promise<void> {
  await eventLog.updateMany(connection, { _id: key }, { $addToSet: { messageTags: tag } });
}

/** Gives a dead event all its attempts again. */
export async function reviveEvent(connection: Connection, key: string): Promise<void> {
  const fields = { attempts: 0, sweptAt: null };
  await eventLog.update(connection, key, { $set: fields, $unset: { state: '' } });
}

/**
 * Takes from an event everything that identifies the person it is about. What counts stays.
 * @param pseudonym the address that stands for the person from now on
 */
export async function eraseRecipient(
  connection: Connection,
  event: StoredEvent,
  pseudonym: string,
): Promise<void> {
  await eventLog.update(connection, event.key, {
    $set: {
      ...withoutPerson(event),
      recipient: pseudonym,
      // What the domain told of it would be gone.
      recipientProvider: providerOf(event),
    },
  });
}

/** How many failures of some classes an address has in the log, at most `limit`. */
export async function countFailures(
  connection: Connection,
  recipient: string,
  classes: Iterable<NonNullable<StoredEvent['classification']>>,
  limit: number,
): Promise<number> {
  const query = { recipient, classification: { $in: [...classes] } };
  return (await eventLog.project(connection, query, v.object({ event: v.string() }), { limit })).length;
}

/** Removes the events of a span of event time. @param start and end ISO times, the end exclusive */
export async function removeEventsBetween(connection: Connection, start: string, end: string): Promise<void> {
  await eventLog.removeMany(connection, { occurredAt: { $gte: start, $lt: end } });
}

/** The time of the first event at or after an ISO time, null when there is none. */
export async function firstEventFrom(connection: Connection, time: string): Promise<string | null> {
  const [first] = await eventLog.project(
    connection,
    { occurredAt: { $gte: time } },
    v.object({ occurredAt: v.string() }),
    { sort: { occurredAt: 1 }, limit: 1 },
  );
  return first?.occurredAt ?? null;
}

/** The first recipient in the log that comes after an address in alphabetical order, null when there is none. */
export async function nextRecipient(connection: Connection, after: string): Promise<string | null> {
  const [first] = await eventLog.list(
    connection,
    { recipient: { $gt: after } },
    { sort: { recipient: 1 }, limit: 1 },
  );
  return first?.recipient ?? null;
}

/**
 * Events of a recipient, without their originals.
 * @param after only those that happened after this ISO time
 * @param limit how many at most, all without it
 */
export function eventsOf(
  connection: Connection,
  recipient: string,
  { after, limit }: { after?: string; limit?: number } = {},
): Promise<StoredEvent[]> {
  const query = { recipient, ...(after === undefined ? {} : { occurredAt: { $gt: after } }) };
  return eventLog.list(connection, query, { without: ['raw'], ...(limit !== undefined && { limit }) });
}

/** Sending domains that have written to an address lately. */
export async function domainsOf(connection: Connection, recipient: string): Promise<string[]> {
  const events = await eventsOf(connection, recipient, { limit: 500 });
  return [...new Set(events.flatMap(({ domain }) => domain ?? []))];
}
