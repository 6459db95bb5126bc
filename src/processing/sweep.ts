import { listPending, type PendingEvent } from '../event-log/backlog';
import { enqueueEvent } from '../event-log/enqueue';
import { updateEvent } from '../event-log/event-log';
import { log } from '../log';
import type { Connection } from '../store/connection';

/** Age after which an event that is not done is taken for stuck. */
const stuckAfterMs = 60_000;
/** Longest time between two sweeps of one event. */
const maxPauseMs = 3_600_000;
/** Events that one run queues about, and how many batches it reads for them. What is left is the next run's. */
const batchSize = 500;
const maxBatches = 20;

/** Whether a stuck event may be queued again: the pause doubles with every attempt. */
function isDue(event: PendingEvent, now: number): boolean {
  if (event.sweptAt === null) return true;
  const pauseMs = Math.min(stuckAfterMs * 2 ** event.attempts, maxPauseMs);
  return Date.parse(event.sweptAt) + pauseMs <= now;
}

/**
 * Queues again what is stored but was not done in time: its job was lost, its worker died or it failed.
 * An event that merely waits in a long queue is queued twice, which does no harm.
 * @param now milliseconds since 1970
 * @returns how many events were queued
 */
export async function sweepEvents(connection: Connection, now: number): Promise<number> {
  const before = new Date(now - stuckAfterMs).toISOString();
  let queued = 0;
  let from = '';
  for (let batches = 0; batches < maxBatches && queued < batchSize; batches += 1) {
    const pending = await listPending(connection, { from, before, limit: batchSize });
    for (const event of pending.filter((candidate) => isDue(candidate, now))) {
      await updateEvent(connection, event._id, { sweptAt: new Date(now).toISOString() });
      await enqueueEvent(connection, event._id);
      queued += 1;
    }
    const last = pending.at(-1)?.receivedAt ?? from;
    if (pending.length < batchSize || last === from) break;
    from = last;
  }
  if (queued > 0) log.warn('stuck events queued again', { events: queued });
  return queued;
}
