import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { eventLog } from './stored-event';

/** Numbers of events are counted up to here: health is asked often and must stay cheap. */
export const maxBacklogCount = 1000;

/** Events that have not had their effects. */
export interface Backlog {
  /** Stored but not done, at most {@link maxBacklogCount}. */
  pending: number;
  /** Given up, at most {@link maxBacklogCount}. */
  dead: number;
  /** When the oldest pending event was received, ISO; null when none is. */
  oldestPending: string | null;
}

/** The state of an event, as a query: a pending one has none yet. */
const pending = { state: { $exists: false } } as const;
const dead = { state: 'dead' } as const;
const done = { state: 'done' } as const;

const received = v.object({ receivedAt: v.string() });

/** How many events are pending and dead, and since when the oldest waits. */
export async function readBacklog(connection: Connection): Promise<Backlog> {
  const read = (state: typeof pending | typeof dead) =>
    eventLog.project(connection, state, received, { sort: { receivedAt: 1 }, limit: maxBacklogCount });
  const [waiting, givenUp] = await Promise.all([read(pending), read(dead)]);
  return {
    pending: waiting.length,
    dead: givenUp.length,
    oldestPending: waiting[0]?.receivedAt ?? null,
  };
}

/** How many events are pending, at most `max`. */
export async function countPending(connection: Connection, max: number): Promise<number> {
  let found = 0;
  const count = () => {
    found += 1;
  };
  await eventLog.visit(connection, pending, received, count, { sort: { receivedAt: 1 }, limit: max });
  return found;
}

/** When the last event was received, ISO; null when there is none. @param dead how many are dead, where it is known */
export async function lastReceivedAt(
  connection: Connection,
  { dead: known }: Partial<Pick<Backlog, 'dead'>>,
): Promise<string | null> {
  const states = [done, pending, ...(known === 0 ? [] : [dead])];
  const times = await Promise.all(
    states.map(async (state) => {
      const [last] = await eventLog.project(connection, state, received, {
        sort: { receivedAt: -1 },
        limit: 1,
      });
      return last?.receivedAt ?? '';
    }),
  );
  return times.sort().at(-1) || null;
}

/** Whether a span of event time holds events that are not done yet. @param start and end ISO times, the end exclusive */
export function hasPending(connection: Connection, start: string, end: string): Promise<boolean> {
  return eventLog.exists(connection, { ...pending, occurredAt: { $gte: start, $lt: end } });
}

/**
 * Whether a span of event time holds events that are not done yet, or dead: they wait for a person.
 * @param start and end ISO times, the end exclusive
 */
export async function hasUnfinished(connection: Connection, start: string, end: string): Promise<boolean> {
  if (await hasPending(connection, start, end)) return true;
  return eventLog.exists(connection, { ...dead, occurredAt: { $gte: start, $lt: end } });
}

const pendingEvent = v.object({
  _id: v.string(),
  receivedAt: v.string(),
  sweptAt: v.optional(v.nullable(v.string()), null),
  attempts: v.optional(v.number(), 0),
});
export type PendingEvent = v.InferOutput<typeof pendingEvent>;

/**
 * Pending events in the order in which they were received, at most `limit`.
 * @param from and before ISO times of their reception, the second exclusive
 */
export function listPending(
  connection: Connection,
  { from, before, limit }: { from: string; before: string; limit: number },
): Promise<PendingEvent[]> {
  const query = { ...pending, receivedAt: { $gte: from, $lt: before } };
  return eventLog.project(connection, query, pendingEvent, { sort: { receivedAt: 1 }, limit });
}

/** Dead events, at most `limit`. */
export function listDead(connection: Connection, limit: number) {
  return eventLog.list(connection, dead, { limit });
}
