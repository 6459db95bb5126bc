import { randomBytes } from 'node:crypto';
import { eraseRecipient, eventsOf } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import { pseudonymAddress } from '../events/address';
import { removeDeliveriesAbout } from '../notices/delivery-steps';
import { smallestBucketAt } from '../statistics/bucket';
import { markBucket } from '../statistics/buckets';
import { copyEngagements, removeEngagements } from '../statistics/engagements';
import { isEngagement, noteFirstEngagement } from '../statistics/first-engagement';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { keepErased } from '../suppressions/erased';
import { eraseFromFeed } from '../suppressions/feed';
import { removeEntries } from '../suppressions/list-entries';
import { claimPseudonym, findSubscriber, removeSubscriber } from './subscribers';

const batchSize = 200;

/** How long a worker may take with an event that it read before it was erased. */
const workerTimeMs = 1000;

/** Replaces the person in every event of the log. */
async function eraseEvents(connection: Connection, email: string, pseudonym: string) {
  const unfinished: StoredEvent[] = [];
  for (let erased = 0; ; ) {
    const batch = await eventsOf(connection, email, { limit: batchSize });
    await mapWithLimit(batch, (event) => eraseRecipient(connection, event, pseudonym));
    unfinished.push(...batch.filter(({ state }) => state === null));
    erased += batch.length;
    if (batch.length < batchSize) return { erased, unfinished };
  }
}

async function removeTraces(connection: Connection, email: string): Promise<void> {
  await removeEngagements(connection, email);
  await removeEntries(connection, email);
  await removeSubscriber(connection, email);
  await eraseFromFeed(connection, email);
  await removeDeliveriesAbout(connection, email);
}

/**
 * Erases a person from every collection. Events stay under a random pseudonym, the same for all of them, and
 * so does for whom they were the first, so that no number changes. An erasure that is cut short can be repeated.
 * @param email a normalised address
 * @param salt with it a hash of the address goes on answering whether it is suppressed; null: nothing is kept
 * @returns how many events were changed; null when nothing is known of the address
 */
export async function eraseSubscriber(
  connection: Connection,
  email: string,
  salt: string | null,
): Promise<number | null> {
  const [known, [anyEvent]] = await Promise.all([
    findSubscriber(connection, email),
    eventsOf(connection, email, { limit: 1 }),
  ]);
  if (known === null && anyEvent === undefined) return null;

  const fresh = pseudonymAddress(`erased-${randomBytes(12).toString('hex')}`);
  const pseudonym = await claimPseudonym(connection, email, fresh);
  await copyEngagements(connection, email, pseudonym);
  if (salt !== null && known !== null) await keepErased(connection, email, salt, known.suppressions);
  const { erased, unfinished } = await eraseEvents(connection, email, pseudonym);
  await removeTraces(connection, email);
  if (unfinished.length > 0 || known?.isUnpublished) {
    // A worker that had read one of them, or a change to be published, may have written the address once more.
    await new Promise((resolve) => setTimeout(resolve, workerTimeMs));
    for (const event of unfinished.filter(isEngagement)) {
      await noteFirstEngagement(connection, { ...event, recipient: pseudonym, firstOfMessage: null });
      await markBucket(connection, smallestBucketAt(event.occurredAt));
    }
    await removeTraces(connection, email);
  }
  return erased;
}
