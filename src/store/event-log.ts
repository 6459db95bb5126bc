import * as v from 'valibot';
import { entriesOf } from '../events/field';
import { storedFields } from '../events/fields';
import { type Connection, collections, everything } from './connection';
import { parseEvent, type StoredEvent } from './events';

/** The few fields of an event that counting needs: a projection keeps recounts cheap. */
const countedNames = [
  'event',
  'severity',
  'classification',
  'bot',
  'domain',
  'recipientDomain',
  'recipientProvider',
  'tags',
  'source',
  'occurredAt',
  'first',
  'firstOfDay',
] as const;
const countedFields = Object.fromEntries(countedNames.map((name) => [name, 1]));
const countedEvent = v.pick(v.object(entriesOf(storedFields)), countedNames);
type CountedEvent = v.InferOutput<typeof countedEvent>;

/**
 * Visits every event of a stretch of event time, one at a time.
 * @param start and end ISO times, the end exclusive
 */
export async function foldEvents(
  connection: Connection,
  start: string,
  end: string,
  visit: (event: CountedEvent) => void,
): Promise<void> {
  const query = { occurredAt: { $gte: start, $lt: end } };
  await connection
    .getMany(collections.events, query, { limit: everything, hints: { $fields: countedFields } })
    .forEach((document: unknown) => {
      visit(v.parse(countedEvent, document));
    });
}

/** How many soft failures of an address the log holds, at most `limit`. */
export async function countSoftFailures(
  connection: Connection,
  recipient: string,
  softClasses: Iterable<string>,
  limit: number,
): Promise<number> {
  const query = { recipient, classification: { $in: [...softClasses] } };
  const found = await connection
    .getMany(collections.events, query, { limit, hints: { $fields: { event: 1 } } })
    .toArray();
  return found.length;
}

/** Whether a stretch of event time holds events that are not done yet, or dead: they wait for a person. */
export async function hasUnfinished(connection: Connection, start: string, end: string): Promise<boolean> {
  for (const state of [{ $exists: false }, 'dead']) {
    const query = { state, occurredAt: { $gte: start, $lt: end } };
    const found = await connection.getMany(collections.events, query, { limit: 1 }).toArray();
    if (found.length > 0) return true;
  }
  return false;
}

/** Removes the events of a stretch of event time. */
export async function removeEventsBetween(connection: Connection, start: string, end: string): Promise<void> {
  await connection.removeMany(collections.events, { occurredAt: { $gte: start, $lt: end } });
}

/** The time of the first event at or after an ISO time, null when there is none. */
export async function firstEventFrom(connection: Connection, time: string): Promise<string | null> {
  const query = { occurredAt: { $gte: time } };
  const [first] = await connection
    .getMany(collections.events, query, {
      sort: { occurredAt: 1 },
      limit: 1,
      hints: { $fields: countedFields },
    })
    .toArray();
  return first === undefined ? null : v.parse(countedEvent, first).occurredAt;
}

/** The first recipient in the log that comes after an address in alphabetical order, null when there is none. */
export async function nextRecipient(connection: Connection, after: string): Promise<string | null> {
  const [first] = await connection
    .getMany(collections.events, { recipient: { $gt: after } }, { sort: { recipient: 1 }, limit: 1 })
    .toArray();
  return first === undefined ? null : parseEvent(first).recipient;
}

/**
 * Events of a recipient, without their originals.
 * @param after only those that happened after this ISO time
 * @param limit how many at most, all without it
 */
export async function eventsOf(
  connection: Connection,
  recipient: string,
  { after, limit = everything }: { after?: string; limit?: number } = {},
): Promise<StoredEvent[]> {
  const query = { recipient, ...(after === undefined ? {} : { occurredAt: { $gt: after } }) };
  const documents = await connection
    .getMany(collections.events, query, {
      limit,
      hints: { $fields: { raw: 0 } },
    })
    .toArray();
  return documents.map(parseEvent);
}

/** Sending domains that have written to an address lately. */
export async function domainsOf(connection: Connection, recipient: string): Promise<string[]> {
  const events = await eventsOf(connection, recipient, { limit: 500 });
  return [...new Set(events.flatMap(({ domain }) => domain ?? []))];
}
