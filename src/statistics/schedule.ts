import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
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

const job = v.object({ payload: v.object({ at: v.number() }) });

/**
 * How long a count must still wait. One that has waited in the queue need not wait again: instances that
 * know nothing of each other ask for more counts than one worker could sit out.
 */
function restOfGathering(body: unknown, now: number): number {
  const parsed = v.safeParse(job, body);
  const askedFor = parsed.success ? parsed.output.payload.at : now;
  return Math.min(gathering, Math.max(0, askedFor + gathering - now));
}

/** Worker of the topic `countMailgunEvents`. A lost or failed run does no harm: cron counts too. */
export async function countWorker(request: httpRequest, response: httpResponse): Promise<void> {
  try {
    const rest = restOfGathering(request.body, Date.now());
    await new Promise((resolve) => setTimeout(resolve, rest));
    await countEvents(await connect());
  } catch (error) {
    log.error('count failed, the next one will catch up', { error: reasonOf(error) });
  }
  response.end();
}
