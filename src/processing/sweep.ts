import * as v from 'valibot';
import { log } from '../log';
import { type Connection, collections } from '../store/connection';
import { updateEvent } from '../store/events';
import { enqueueEvent } from '../store/queue';

/** Age after which an event that is not done is taken for stuck, in milliseconds. */
const patience = 60_000;
/** Longest time between two sweeps of one event, in milliseconds. */
const longestPause = 3_600_000;
/** Events that one run looks at. What is left is the next run's. */
const batchSize = 500;

const pendingEvent = v.object({
  _id: v.string(),
  receivedAt: v.string(),
  sweptAt: v.optional(v.nullable(v.string()), null),
  attempts: v.optional(v.number(), 0),
});
type PendingEvent = v.InferOutput<typeof pendingEvent>;

/** Whether a stuck event may be queued again: the pause doubles with every attempt. */
function isDue(event: PendingEvent, now: number): boolean {
  if (event.sweptAt === null) return true;
  const pause = Math.min(patience * 2 ** event.attempts, longestPause);
  return Date.parse(event.sweptAt) + pause <= now;
}

/**
 * Queues again what is stored but was not done in time: its job was lost, its worker died or it failed.
 * An event that merely waits in a long queue is queued twice, which does no harm.
 * @param now milliseconds since 1970
 * @returns how many events were queued
 */
export async function sweepEvents(connection: Connection, now: number): Promise<number> {
  const query = { state: { $exists: false }, receivedAt: { $lt: new Date(now - patience).toISOString() } };
  let queued = 0;
  let after = '';
  for (let batches = 0; batches < 20 && queued < batchSize; batches += 1) {
    const page = { ...query, receivedAt: { ...query.receivedAt, $gte: after } };
    const documents = await connection
      .getMany(collections.events, page, {
        sort: { receivedAt: 1 },
        limit: batchSize,
        hints: { $fields: { receivedAt: 1, sweptAt: 1, attempts: 1 } },
      })
      .toArray();
    const pending = documents.map((document) => v.parse(pendingEvent, document));
    for (const event of pending.filter((candidate) => isDue(candidate, now))) {
      await updateEvent(connection, event._id, { sweptAt: new Date(now).toISOString() });
      await enqueueEvent(connection, event._id);
      queued += 1;
    }
    const last = pending.at(-1)?.receivedAt ?? after;
    if (pending.length < batchSize || last === after) break;
    after = last;
  }
  if (queued > 0) log.warn('stuck events queued again', { events: queued });
  return queued;
}
