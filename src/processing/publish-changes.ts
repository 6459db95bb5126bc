import type { httpRequest, httpResponse } from 'codehooks-js';
import { hooks } from '../hooks';
import { log, reasonOf } from '../log';
import { readDestinations } from '../notices/destinations';
import { tellChange } from '../notices/tell';
import { readSettings } from '../settings/settings';
import { type Connection, connect } from '../store/connection';
import { settleChanges, waitingChanges } from '../subscribers/subscribers';
import type { Change } from '../suppressions/change';
import { appendChanges } from '../suppressions/feed';

/** Addresses whose changes are published together. */
const batchSize = 100;
/** Attempts of the owner's hook when the settings cannot be read. */
const defaultMaxAttempts = 8;

/** Calls the owner's hook. @returns whether the change needs no further call */
async function isTold(change: Change, tries: number): Promise<boolean> {
  if (hooks.onSuppressionChanged === undefined) return true;
  const result = readSettings();
  const maxAttempts = 'settings' in result ? result.settings.maxAttempts : defaultMaxAttempts;
  try {
    await hooks.onSuppressionChanged(change);
    return true;
  } catch (error) {
    const isLast = tries + 1 >= maxAttempts;
    log.error(
      isLast ? 'hook of a suppression given up' : 'hook of a suppression failed, a later run will retry',
      {
        change: change.id,
        error: reasonOf(error),
      },
    );
    return isLast;
  }
}

/**
 * Publishes the changes of suppressions that wait: into the feed, then to the destinations that want them and
 * to the owner's hook. Every step can be repeated:
 * the feed takes a change once, and what nobody has noted as done is done again.
 */
export async function publishChanges(connection: Connection): Promise<void> {
  for (let after: string | null = ''; after !== null; ) {
    const waiting = await waitingChanges(connection, after, batchSize);
    const changes = waiting.flatMap(({ unpublished }) => unpublished);
    await appendChanges(
      connection,
      changes.map(({ tries: _, ...change }) => change),
    );
    const destinations = waiting.length > 0 ? await readDestinations(connection) : [];
    for (const { email, unpublished } of waiting) {
      for (const { tries: _, ...change } of unpublished) await tellChange(connection, destinations, change);
      const done = new Set<string>();
      for (const { tries, ...change } of unpublished) if (await isTold(change, tries)) done.add(change.id);
      const tried = new Set(unpublished.map(({ id }) => id));
      await settleChanges(connection, email, done, tried);
    }
    after = waiting.length < batchSize ? null : (waiting.at(-1)?.email ?? null);
  }
}

/** Worker of the topic `publishSuppressionChanges`. A lost or failed run does no harm: cron publishes too. */
export async function publishWorker(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    await publishChanges(await connect());
  } catch (error) {
    log.error('changes of suppressions not published, the next run will catch up', {
      error: reasonOf(error),
    });
  }
  response.end();
}
