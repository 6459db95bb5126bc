import * as v from 'valibot';
import { normaliseAddress } from '../events/address';
import { collections } from '../store/connection';
import { parseEvent, type StoredEvent } from '../store/events';
import { pageParameters, readPage } from './page';
import { parseInput, route } from './route';

const parameters = v.strictObject({
  ...pageParameters,
  recipient: v.optional(v.string()),
  tag: v.optional(v.string()),
  event: v.optional(v.string()),
  messageId: v.optional(v.string()),
});

/** An event as the API gives it: without the original and what only the app needs. */
export function presentEvent({
  fingerprint: _,
  first: __,
  firstOfDay: ___,
  sweptAt: ____,
  raw: _____,
  ...fields
}: StoredEvent) {
  return fields;
}

/** `GET /api/events?recipient=&tag=&event=&messageId=`: the event log, newest first. */
export const listEvents = route(async (connection, request) => {
  const { limit, cursor, recipient, tag, event, messageId } = parseInput(parameters, request.query);
  const filter = {
    ...(recipient === undefined ? {} : { recipient: normaliseAddress(recipient) ?? recipient }),
    ...(messageId === undefined ? {} : { messageId: messageId.replace(/^<|>$/g, '') }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(event === undefined ? {} : { event: event.toLowerCase() }),
  };
  const { documents, next } = await readPage(connection, {
    collection: collections.events,
    filter,
    newestBy: 'occurredAt',
    limit,
    cursor,
    without: ['raw'],
  });
  return { items: documents.map((document) => presentEvent(parseEvent(document))), next };
});
