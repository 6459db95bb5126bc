import type { Connection } from '../store/connection';
import { countPending } from './backlog';

/** How long the answer "no room" holds, in milliseconds: to count costs a read. */
const noRoomMs = 5000;

/**
 * Events that this instance has stored and not seen done since they were last counted. What other instances do
 * is only known after counting, so that a large number is a reason to count and nothing more.
 */
let pendingEstimate = 0;
let noRoomUntilMs = Number.NEGATIVE_INFINITY;

/** Takes note of an event that was stored and queued. */
export function notePending(): void {
  pendingEstimate += 1;
}

/** Takes note of an event that needs no more work. */
export function noteFinished(): void {
  pendingEstimate = Math.max(0, pendingEstimate - 1);
}

/** Counts how many events wait for their effects, at most `maxPending`. */
export async function recountPending(connection: Connection, maxPending: number): Promise<void> {
  pendingEstimate = await countPending(connection, maxPending);
}

/**
 * Back-pressure: whether another event may be taken in, or so many wait that it has to come again later. What can be
 * stored is not what can be worked off.
 * @param maxPending events that may wait
 */
export async function hasRoom(connection: Connection, maxPending: number): Promise<boolean> {
  if (pendingEstimate < maxPending) return true;
  const now = Date.now();
  if (now < noRoomUntilMs) return false;
  await recountPending(connection, maxPending);
  if (pendingEstimate < maxPending) return true;
  noRoomUntilMs = now + noRoomMs;
  return false;
}
