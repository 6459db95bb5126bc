import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { readText, writeText } from '../store/key-value';
import { countPending } from './backlog';

/** Where the last count is kept for all instances. */
const key = 'pending';
const storedCount = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ pending: v.number(), countedAtMs: v.number() }),
);

/**
 * Events that this instance has stored and not seen done since they were last counted. What other instances do
 * is only known after counting.
 */
let pendingEstimate = 0;
/** When the count was made that the estimate goes by. */
let countedAtMs = 0;

/** Takes note of an event that was stored and queued. */
export function notePending(): void {
  pendingEstimate += 1;
}

/** Takes note of an event that needs no more work. */
export function noteFinished(): void {
  pendingEstimate = Math.max(0, pendingEstimate - 1);
}

/** Counts how many events wait for their effects, at most `maxPending`, and tells every instance. */
export async function recountPending(connection: Connection, maxPending: number): Promise<void> {
  pendingEstimate = await countPending(connection, maxPending);
  countedAtMs = Date.now();
  await writeText(connection, key, JSON.stringify({ pending: pendingEstimate, countedAtMs }));
}

/** How many events waited when they were last counted, which cron does; 0 when they never were. */
export async function lastPendingCount(connection: Connection): Promise<number> {
  const last = v.safeParse(storedCount, await readText(connection, key));
  return last.success ? last.output.pending : 0;
}

/**
 * Back-pressure: whether another event may be taken in, or so many wait that it has to come again later. What can be
 * stored is not what can be worked off. A request does not count: it asks for a count that was made since, by its key.
 * @param maxPending events that may wait
 */
export async function hasRoom(connection: Connection, maxPending: number): Promise<boolean> {
  if (pendingEstimate < maxPending) return true;
  const last = v.safeParse(storedCount, await readText(connection, key));
  if (!last.success || last.output.countedAtMs === countedAtMs) return false;
  pendingEstimate = last.output.pending;
  countedAtMs = last.output.countedAtMs;
  return pendingEstimate < maxPending;
}
