import { countFailures } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import { softClasses, softClassNames } from '../events/classify';
import { hooks } from '../hooks';
import { tellEvent } from '../notices/tell';
import { smallestBucketAt } from '../statistics/bucket';
import { markBucket } from '../statistics/buckets';
import { noteFirstEngagement } from '../statistics/first-engagement';
import { noteMessageTags } from '../statistics/message-tags';
import type { Connection } from '../store/connection';
import { applyEvent, concernsSubscriber } from '../subscribers/apply-event';
import { withPause } from '../subscribers/pause';
import { changeSubscriber } from '../subscribers/subscribers';
import { publishSoon } from '../suppressions/feed';
import { callHook } from './call-hook';

/** Soft failures of one address are counted up to here: more say nothing more. */
const maxSoftBounces = 1000;

async function updateSubscriber(connection: Connection, event: StoredEvent): Promise<void> {
  if (!concernsSubscriber(event)) return;
  const { recipient } = event;
  const isSoft = event.classification !== null && softClasses.has(event.classification);
  const softBounces = isSoft ? await countFailures(connection, recipient, softClassNames, maxSoftBounces) : 0;
  const mayPause = isSoft || event.event === 'delivered';
  const unpublished = await changeSubscriber(connection, recipient, (before) => {
    const after = applyEvent(before, event, softBounces);
    return mayPause ? withPause(connection, after) : after;
  });
  if (unpublished > 0) await publishSoon(connection);
}

/**
 * Gives a stored event its effects. Every step can be repeated, so after a crash between any two all of
 * them are done again; the caller calls the event done after the last one. The mark comes after
 * what counting reads, so that no event is done that nobody will count.
 * @throws when storage or the owner's hook fails
 */
export async function processEvent(connection: Connection, event: StoredEvent): Promise<void> {
  await updateSubscriber(connection, event);
  await noteMessageTags(connection, event);
  await noteFirstEngagement(connection, event);
  await markBucket(connection, smallestBucketAt(event.occurredAt));
  // Before the hook: one that fails for good must not keep back what others are told.
  await tellEvent(connection, event);
  await callHook(hooks, event);
}
