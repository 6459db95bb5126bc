import { randomBytes } from 'node:crypto';
import { standInAddress } from '../events/address';
import { isEngagement, noteFirsts } from '../processing/firsts';
import { spanAt } from '../store/bucket';
import { markBucket } from '../store/buckets';
import type { Connection } from '../store/connection';
import { copyEngagements, removeEngagements } from '../store/engagements';
import { eventsOf } from '../store/event-log';
import { eraseRecipient, type StoredEvent } from '../store/events';
import { inParallel } from '../store/in-parallel';
import { claimStandIn, findSubscriber, removeSubscriber } from '../store/subscribers';

const batchSize = 200;

/** How long a worker may take with an event that it read before it was erased, in milliseconds. */
const patience = 1000;

/** Replaces the person in every event of the log. */
async function eraseEvents(connection: Connection, email: string, standIn: string) {
  const unfinished: StoredEvent[] = [];
  for (let erased = 0; ; ) {
    const batch = await eventsOf(connection, email, { limit: batchSize });
    await inParallel(batch, (event) => eraseRecipient(connection, event, standIn));
    unfinished.push(...batch.filter(({ state }) => state === null));
    erased += batch.length;
    if (batch.length < batchSize) return { erased, unfinished };
  }
}

async function removeTraces(connection: Connection, email: string): Promise<void> {
  await removeEngagements(connection, email);
  await removeSubscriber(connection, email);
}

/**
 * Erases a person from every collection. Events stay under a random stand-in, the same for all of them, and
 * so does whose first they were, so that no number changes. An erasure that is cut short can be repeated.
 * @param email a normalised address
 * @returns how many events were changed; null when nothing is known of the address
 */
export async function eraseSubscriber(connection: Connection, email: string): Promise<number | null> {
  const [known, [anyEvent]] = await Promise.all([
    findSubscriber(connection, email),
    eventsOf(connection, email, { limit: 1 }),
  ]);
  if (known === null && anyEvent === undefined) return null;

  const fresh = standInAddress(`erased-${randomBytes(12).toString('hex')}`);
  const standIn = await claimStandIn(connection, email, fresh);
  await copyEngagements(connection, email, standIn);
  const { erased, unfinished } = await eraseEvents(connection, email, standIn);
  await removeTraces(connection, email);
  if (unfinished.length > 0) {
    // A worker that had read one of them may have written the address, and whose first it was, once more.
    await new Promise((resolve) => setTimeout(resolve, patience));
    for (const event of unfinished.filter(isEngagement)) {
      await noteFirsts(connection, { ...event, recipient: standIn, first: null });
      await markBucket(connection, spanAt(event.occurredAt));
    }
    await removeTraces(connection, email);
  }
  return erased;
}
