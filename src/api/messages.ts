import * as v from 'valibot';
import { presentEvent } from '../event-log/present-event';
import { eventLog, type StoredEvent } from '../event-log/stored-event';
import { bareMessageId } from './events';
import { readPageAt } from './page';
import { ApiError, pathParameter, routeWithQuery } from './route';

/** Events of a message that one answer holds. */
const maxEvents = 1000;

const parameters = v.strictObject({ cursor: v.optional(v.string()) });

/** `GET /api/messages/:messageId`: the path of one message, recipient by recipient, oldest event first. */
export const getMessage = routeWithQuery(parameters, async (connection, request, { cursor }) => {
  const messageId = bareMessageId(pathParameter(request, 'messageId'));
  const { items: events, next } = await readPageAt(
    connection,
    {
      collection: eventLog,
      filter: { messageId },
      by: 'occurredAt',
      descending: false,
      without: ['raw'],
    },
    { limit: maxEvents, cursor },
  );
  if (events.length === 0)
    throw new ApiError(404, 'not_found', 'No event in the log is about a message with this id.');
  const byRecipient = new Map<string | null, StoredEvent[]>();
  for (const event of events) {
    const known = byRecipient.get(event.recipient);
    if (known === undefined) byRecipient.set(event.recipient, [event]);
    else known.push(event);
  }
  const named = (field: 'subject' | 'domain') => events.find((event) => event[field] !== null)?.[field];
  return {
    messageId,
    subject: named('subject') ?? null,
    domain: named('domain') ?? null,
    tags: [...new Set(events.flatMap((event) => (event.event === 'unsubscribed' ? [] : event.tags)))],
    recipients: [...byRecipient].map(([recipient, own]) => ({ recipient, events: own.map(presentEvent) })),
    next,
  };
});
