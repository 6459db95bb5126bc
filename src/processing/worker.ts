import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { noteFinished } from '../event-log/back-pressure';
import { findEvent, finishEvent, updateEvent } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import { cut, wellFormed } from '../events/text';
import { log, reasonOf } from '../log';
import { readSettings } from '../settings/settings';
import { smallestBucketAt } from '../statistics/bucket';
import { markBucket } from '../statistics/buckets';
import { countSoon } from '../statistics/debounced-count';
import { type Connection, connect } from '../store/connection';
import { processEvent } from './process';

/** Attempts after which an event is dead when the settings cannot be read. */
const defaultMaxAttempts = 8;
/** Longest error text that is kept with an event, in characters. */
const maxErrorLength = 500;

const job = v.object({ payload: v.object({ key: v.string() }) });

function maxAttempts(): number {
  const result = readSettings();
  return 'settings' in result ? result.settings.maxAttempts : defaultMaxAttempts;
}

async function giveUp(
  connection: Connection,
  event: StoredEvent,
  attempts: number,
  reason: string,
): Promise<void> {
  // It is in the log, so that it is counted and has its place in the feed, unless just this is what fails.
  try {
    await markBucket(connection, smallestBucketAt(event.occurredAt));
  } catch (error) {
    log.warn('bucket of a dead event not marked, an audit will', { key: event.key, error: reasonOf(error) });
  }
  await updateEvent(connection, event.key, {
    state: 'dead',
    attempts,
    lastError: cut(wellFormed(reason), maxErrorLength),
  });
  noteFinished();
  log.error('event dead', { key: event.key, type: event.event, attempts, error: reason });
}

async function runAttempt(connection: Connection, event: StoredEvent): Promise<void> {
  const { key } = event;
  const attempts = event.attempts + 1;
  try {
    await processEvent(connection, event);
    await finishEvent(connection, key, attempts);
    noteFinished();
    log.info('event done', { key, type: event.event });
  } catch (error) {
    const reason = reasonOf(error);
    if (attempts >= maxAttempts()) return giveUp(connection, event, attempts, reason);
    await updateEvent(connection, key, { attempts, lastError: cut(wellFormed(reason), maxErrorLength) });
    log.error('event failed, the sweep will retry', { key, type: event.event, attempts, error: reason });
  }
}

async function processKey(connection: Connection, key: string): Promise<void> {
  const event = await findEvent(connection, key);
  if (event === null) {
    log.warn('event to process is not in the log', { key });
    return;
  }
  if (event.state !== null) return;
  if (event.sweptAt !== null) {
    // An event that the sweep had to bring back may be one that ends the process: such an attempt leaves no
    // trace but this one. The others save the call.
    if (event.attempts >= maxAttempts()) {
      return giveUp(
        connection,
        event,
        event.attempts,
        event.lastError ?? 'Every attempt ended without a result.',
      );
    }
    await updateEvent(connection, key, { attempts: event.attempts + 1 });
  }
  await runAttempt(connection, event);
  await countSoon(connection);
}

/**
 * Worker of the topic `processMailgunEvent`. It never throws and always ends the job: whether the platform
 * retries a failed one is unknown, so retries are the sweep's.
 */
export async function processWorker(request: httpRequest, response: httpResponse): Promise<void> {
  try {
    const parsed = v.safeParse(job, request.body);
    if (parsed.success) await processKey(await connect(), parsed.output.payload.key);
    else log.error('job without the key of an event');
  } catch (error) {
    log.error('event failed, the sweep will retry', { error: reasonOf(error) });
  }
  try {
    response.end();
  } catch (error) {
    // The event has its effects or waits for the sweep: a job that cannot be ended must not take them back.
    log.warn('job not ended', { error: reasonOf(error) });
  }
}
