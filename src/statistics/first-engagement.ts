import { updateEvent } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import { dayOf } from '../events/key';
import type { Connection } from '../store/connection';
import { isApart } from './counters';
import { claimFirstOfMessage, claimFirstOfPerson, type EngagingEvent } from './engagements';

/** An open or a click whose recipient is known. */
type Engagement = StoredEvent & { event: EngagingEvent['kind']; recipient: string };

/** Whether an event is an open or a click of a message to a recipient, by a person or a machine. */
export function isEngagement(event: StoredEvent): event is Engagement {
  return (
    (event.event === 'opened' || event.event === 'clicked') && event.recipient !== null && !isApart(event)
  );
}

function engagingEvent(event: Engagement): EngagingEvent {
  const { event: kind, recipient, key, tags, domain, messageId, bot, occurredAt } = event;
  return { kind, recipient, key, tags, domain, messageId, bot, day: dayOf(occurredAt) };
}

/** Notes on a person's open or click for which dimensions it is the person's first, ever and of its day. */
export async function noteFirstOfPerson(connection: Connection, event: StoredEvent): Promise<void> {
  if (!isEngagement(event) || event.bot !== null) return;
  const { ever, ofDay } = await claimFirstOfPerson(connection, engagingEvent(event));
  await updateEvent(connection, event.key, { first: ever, firstOfDay: ofDay });
}

/** Notes on an open or click for which dimensions it is the first of its message, ever and on its day. */
export async function noteFirstOfMessage(connection: Connection, event: StoredEvent): Promise<void> {
  if (!isEngagement(event)) return;
  const { ever, ofDay } = await claimFirstOfMessage(connection, engagingEvent(event));
  await updateEvent(connection, event.key, { firstOfMessage: ever, firstOfMessageOnDay: ofDay });
}

/**
 * Notes on an open or click what it is the first of. Statistics count people and messages by these notes, so that
 * a bucket can be counted without looking at any other. Machines do not count as people.
 */
export async function noteFirstEngagement(connection: Connection, event: StoredEvent): Promise<void> {
  if (!isEngagement(event) || event.firstOfMessage !== null) return;
  const engaging = engagingEvent(event);
  const [person, message] = await Promise.all([
    event.bot === null ? claimFirstOfPerson(connection, engaging) : null,
    claimFirstOfMessage(connection, engaging),
  ]);
  await updateEvent(connection, event.key, {
    ...(person && { first: person.ever, firstOfDay: person.ofDay }),
    firstOfMessage: message.ever,
    firstOfMessageOnDay: message.ofDay,
  });
}
