import type { httpRequest, httpResponse } from 'codehooks-js';
import { log, reasonOf } from '../log';
import { type Connection, connect, topics } from '../store/connection';
import { countEvents } from './count';

/** How long a burst is gathered before it is counted, in milliseconds. */
const gathering = 1500;

/** When this instance last asked for a count. Only saves work: the marks say what must be counted. */
let askedAt = Number.NEGATIVE_INFINITY;

/**
 * Asks for a count soon, at most once per gathering time: a count that was asked for after `askedAt` and
 * waits until the time is over sees every mark that was set before this call.
 */
export async function countSoon(connection: Connection): Promise<void> {
  const now = Date.now();
  if (now >= askedAt && now < askedAt + gathering) return;
  askedAt = now;
  await connection.enqueue(topics.count, { at: now });
}

/** Worker of the topic `countMailgunEvents`. A lost or failed run does no harm: cron counts too. */
export async function countWorker(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    await new Promise((resolve) => setTimeout(resolve, gathering));
    await countEvents(await connect());
  } catch (error) {
    log.error('count failed, the next one will catch up', { error: reasonOf(error) });
  }
  response.end();
}
