import { updateEvent } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import { dayOf } from '../events/key';
import type { Connection } from '../store/connection';
import { claimFirstEngagement } from './engagements';

/** Whether an event is a person's open or click; machines do not count as people. */
export function isEngagement(event: Pick<StoredEvent, 'event' | 'bot' | 'recipient'>): boolean {
  return (
    (event.event === 'opened' || event.event === 'clicked') && event.bot === null && event.recipient !== null
  );
}

/**
 * Notes on an open or click for which dimensions it is the recipient's first ever and the first of its day.
 * Statistics count people by these notes, so that a bucket can be counted without looking at any other.
 */
export async function noteFirstEngagement(connection: Connection, event: StoredEvent): Promise<void> {
  if (!isEngagement(event) || event.recipient === null || event.first !== null) return;
  const engaging = {
    kind: event.event === 'opened' ? ('opened' as const) : ('clicked' as const),
    recipient: event.recipient,
    key: event.key,
    tags: event.tags,
    domain: event.domain,
  };
  const [first, firstOfDay] = await Promise.all([
    claimFirstEngagement(connection, engaging, null),
    claimFirstEngagement(connection, engaging, dayOf(event.occurredAt)),
  ]);
  await updateEvent(connection, event.key, { first, firstOfDay });
}
