import { randomUUID } from 'node:crypto';
import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { log, reasonOf } from '../log';
import { type Connection, connect, topics } from '../store/connection';
import { countEvents } from './count';

/** How long a count waits at least, in milliseconds, so that what comes together is counted together. */
const gathering = 1000;
/** When no event has come for so long, a burst is over. */
const quiet = 100;
/** How long a count waits at most: numbers keep up with a burst that goes on. */
const patience = 3000;

/** Tells this instance's requests for a count from those of others, of whose events it does not know. */
const instance = randomUUID();

/** When this instance last asked for a count that it has not begun. Only saves work: the marks say what must be counted. */
let askedAt = Number.NEGATIVE_INFINITY;
/** When this instance last had a reason to ask. */
let calledAt = Number.NEGATIVE_INFINITY;

/**
 * Asks for a count soon. A count that is asked for begins after every call that follows within `patience`, or is
 * begun by this instance, which asks again from then on: so every mark that was set before a call is seen.
 */
export async function countSoon(connection: Connection): Promise<void> {
  const now = Date.now();
  calledAt = now;
  if (now >= askedAt && now < askedAt + patience) return;
  askedAt = now;
  await connection.enqueue(topics.count, { at: now, by: instance });
}

const job = v.object({ payload: v.object({ at: v.number(), by: v.string() }) });

/**
 * How long a count must still wait. One that has waited in the queue need not wait again: instances that
 * know nothing of each other ask for more counts than one worker could sit out.
 */
function restOfWaiting(body: unknown, now: number): number {
  const parsed = v.safeParse(job, body);
  if (!parsed.success) return 0;
  const { at, by } = parsed.output.payload;
  const longest = at + patience - now;
  if (by !== instance) return longest;
  return Math.min(longest, Math.max(at + gathering, calledAt + quiet) - now);
}

async function waitForBurst(body: unknown): Promise<void> {
  // The clock may jump meanwhile.
  for (let waited = 0; waited < patience; ) {
    const rest = Math.min(restOfWaiting(body, Date.now()), patience - waited);
    if (rest <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, rest));
    waited += rest;
  }
}

/** Worker of the topic `countMailgunEvents`. A lost or failed run does no harm: cron counts too. */
export async function countWorker(request: httpRequest, response: httpResponse): Promise<void> {
  try {
    await waitForBurst(request.body);
    askedAt = Number.NEGATIVE_INFINITY;
    await countEvents(await connect());
  } catch (error) {
    log.error('count failed, the next one will catch up', { error: reasonOf(error) });
  }
  response.end();
}
