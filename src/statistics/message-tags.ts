import { addMessageTag, tagsOfMessage } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { smallestBucketAt } from './bucket';
import { markBucket } from './buckets';
import { rememberUntagged, type UntaggedEvent, untaggedOf } from './engagements';

type OfMessage<Event> = Event & { recipient: string; messageId: string };

function isOfMessage<Event extends StoredEvent>(event: Event): event is OfMessage<Event> {
  return event.recipient !== null && event.messageId !== null;
}

/**
 * Whether an event belongs to the campaigns of its message and does not name them. An unsubscribe from all mail says
 * `*` instead, and Mailgun's complaints and delayed bounces may come without tags.
 */
export function lacksTags(event: StoredEvent): event is OfMessage<StoredEvent> {
  const isAboutMail =
    event.event === 'unsubscribed' || event.event === 'complained' || event.flags.delayedBounce;
  return isAboutMail && event.tags.length === 0 && isOfMessage(event);
}

async function addTags(connection: Connection, key: string, tags: readonly string[]): Promise<void> {
  for (const tag of tags) await addMessageTag(connection, key, tag);
}

/** Gives tags to the events of a message that came before it was known which they are. */
async function tagEarlier(
  connection: Connection,
  untagged: readonly UntaggedEvent[],
  tags: readonly string[],
): Promise<void> {
  await mapWithLimit(untagged, async ({ key, occurredAt }) => {
    await addTags(connection, key, tags);
    await markBucket(connection, smallestBucketAt(occurredAt));
  });
}

/**
 * Lets an event without tags count for the campaigns of its message, whichever of its events comes first. One
 * without tags is remembered before the log is asked for them, and every event is in the log before it comes here: so
 * either it finds the tags there, or the event that brings them finds it. Tags are only added, so order does not matter.
 */
export async function noteMessageTags(connection: Connection, event: StoredEvent): Promise<void> {
  if (lacksTags(event)) {
    await rememberUntagged(connection, event);
    await addTags(connection, event.key, await tagsOfMessage(connection, event));
    // The tags of an unsubscribe are what it is from.
  } else if (event.tags.length > 0 && event.event !== 'unsubscribed' && isOfMessage(event)) {
    await tagEarlier(connection, await untaggedOf(connection, event), event.tags);
  }
}
