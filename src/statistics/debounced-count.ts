import { randomUUID } from 'node:crypto';
import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { log, reasonOf } from '../log';
import { type Connection, connect } from '../store/connection';
import { enqueue, topics } from '../store/queue';
import { recountDirty } from './recount';

/*
 * A debounce: a count waits until a burst of events is over, but not for ever, so that many events are counted once.
 */

/** How long a count waits at least, so that what comes together is counted together. */
const minWaitMs = 1000;
/** When no event has come for so long, a burst is over. */
const quietMs = 100;
/** How long a count waits at most: numbers keep up with a burst that goes on. */
const maxWaitMs = 3000;

/** Tells this instance's requests for a count from those of others, of whose events it does not know. */
const instance = randomUUID();

/** When this instance last asked for a count that it has not begun. Only saves work: the marks say what must be counted. */
let askedAtMs = Number.NEGATIVE_INFINITY;
/** When this instance last had a reason to ask. */
let calledAtMs = Number.NEGATIVE_INFINITY;

/**
 * Asks for a count soon. A count that is asked for begins after every call that follows within `maxWaitMs`, or is
 * begun by this instance, which asks again from then on: so every mark that was set before a call is seen.
 */
export async function countSoon(connection: Connection): Promise<void> {
  const now = Date.now();
  calledAtMs = now;
  if (now >= askedAtMs && now < askedAtMs + maxWaitMs) return;
  askedAtMs = now;
  await enqueue(connection, topics.count, { at: now, by: instance });
}

const job = v.object({ payload: v.object({ at: v.number(), by: v.string() }) });

/**
 * How long a count must still wait, in milliseconds. One that has waited in the queue need not wait again: instances that
 * know nothing of each other ask for more counts than one worker could sit out.
 */
function remainingWaitMs(body: unknown, now: number): number {
  const parsed = v.safeParse(job, body);
  if (!parsed.success) return 0;
  const { at, by } = parsed.output.payload;
  const longestMs = at + maxWaitMs - now;
  if (by !== instance) return longestMs;
  return Math.min(longestMs, Math.max(at + minWaitMs, calledAtMs + quietMs) - now);
}

async function waitForBurst(body: unknown): Promise<void> {
  // The clock may jump meanwhile.
  for (let waitedMs = 0; waitedMs < maxWaitMs; ) {
    const remainingMs = Math.min(remainingWaitMs(body, Date.now()), maxWaitMs - waitedMs);
    if (remainingMs <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, remainingMs));
    waitedMs += remainingMs;
  }
}

/** Worker of the topic `countMailgunEvents`. A lost or failed run does no harm: cron counts too. */
export async function countWorker(request: httpRequest, response: httpResponse): Promise<void> {
  try {
    await waitForBurst(request.body);
    askedAtMs = Number.NEGATIVE_INFINITY;
    await recountDirty(await connect());
  } catch (error) {
    log.error('count failed, the next one will catch up', { error: reasonOf(error) });
  }
  response.end();
}
