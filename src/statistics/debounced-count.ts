import type { httpRequest, httpResponse } from 'codehooks-js';
import { log, reasonOf } from '../log';
import { type Connection, connect } from '../store/connection';
import { enqueueAt, topics } from '../store/queue';
import { recountDirty } from './recount';

/*
 * A debounce: a count is asked for some time ahead, so that the events that come meanwhile are counted by it too. The
 * platform's clock starts it: a timer of a worker may never fire there.
 */

/** How long a count waits, so that many events are counted once and numbers still keep up with a burst. */
const waitMs = 2000;

/** When the count begins that this instance has asked for last. Only saves work: the marks say what must be counted. */
let dueAtMs = Number.NEGATIVE_INFINITY;

/**
 * Asks for a count soon. One that was asked for and has not begun sees every mark that was set before this call, so that
 * another is asked for only when it is due. A platform that starts it too early, or never, leaves the last marks to cron.
 */
export async function countSoon(connection: Connection): Promise<void> {
  const now = Date.now();
  if (now >= dueAtMs - waitMs && now < dueAtMs) return;
  dueAtMs = now + waitMs;
  await enqueueAt(connection, topics.count, new Date(dueAtMs), { at: now });
}

/** Worker of the topic `countMailgunEvents`. A lost or failed run does no harm: cron counts too. */
export async function countWorker(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    dueAtMs = Number.NEGATIVE_INFINITY;
    await recountDirty(await connect());
  } catch (error) {
    log.error('count failed, the next one will catch up', { error: reasonOf(error) });
  }
  response.end();
}
