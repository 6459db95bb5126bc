import { softClasses } from '../events/classify';
import { hooks } from '../hooks';
import { spanAt } from '../store/bucket';
import { markBucketTogether } from '../store/buckets';
import type { Connection } from '../store/connection';
import { countSoftFailures } from '../store/event-log';
import type { StoredEvent } from '../store/events';
import { changeSubscriber } from '../store/subscribers';
import { applyEvent, concernsSubscriber } from '../subscribers/apply-event';
import { callHook } from './call-hook';
import { noteFirsts } from './firsts';

/** Soft failures of one address are counted up to here: more say nothing more. */
const mostSoftBounces = 1000;

async function updateSubscriber(connection: Connection, event: StoredEvent): Promise<void> {
  if (!concernsSubscriber(event)) return;
  const { recipient } = event;
  const isSoft = event.classification !== null && softClasses.has(event.classification);
  const softBounces = isSoft
    ? await countSoftFailures(connection, recipient, softClasses, mostSoftBounces)
    : 0;
  await changeSubscriber(connection, recipient, (before) => applyEvent(before, event, softBounces));
}

/**
 * Gives a stored event its effects. Every step can be repeated, so a crash between any two is mended by
 * doing all of it again; the caller calls the event done when the last one is through. The mark comes after
 * what counting reads, so that no event is done that nobody will count.
 * @throws when storage or the owner's hook fails
 */
export async function processEvent(connection: Connection, event: StoredEvent): Promise<void> {
  await updateSubscriber(connection, event);
  await noteFirsts(connection, event);
  await markBucketTogether(connection, spanAt(event.occurredAt));
  await callHook(hooks, event);
}
