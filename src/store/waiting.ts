import { type Connection, collections } from './connection';

/** How long an answer to "is there room" holds when there is none, in milliseconds: to look costs a read. */
const lookAgainAfter = 5000;

/**
 * Events that this instance has stored and not seen done since somebody looked how many wait. What other instances do
 * is only known after a look, so that a large number is a reason to look and nothing more.
 */
let waiting = 0;
let noRoomUntil = Number.NEGATIVE_INFINITY;

/** Takes note of an event that was stored and queued. */
export function noteWaiting(): void {
  waiting += 1;
}

/** Takes note of an event that needs no more work. */
export function noteFinished(): void {
  waiting = Math.max(0, waiting - 1);
}

/** Looks how many events wait for their effects, at most `most`. */
export async function lookAtWaiting(connection: Connection, most: number): Promise<void> {
  let found = 0;
  await connection
    .getMany(
      collections.events,
      { state: { $exists: false } },
      { sort: { receivedAt: 1 }, limit: most, hints: { $fields: { receivedAt: 1 } } },
    )
    .forEach(() => {
      found += 1;
    });
  waiting = found;
}

/**
 * Whether another event may be taken in, or so many wait that it has to come again later: what can be stored is not
 * what can be worked off.
 * @param most events that may wait
 */
export async function hasRoom(connection: Connection, most: number): Promise<boolean> {
  if (waiting < most) return true;
  const now = Date.now();
  if (now < noRoomUntil) return false;
  await lookAtWaiting(connection, most);
  if (waiting < most) return true;
  noRoomUntil = now + lookAgainAfter;
  return false;
}
