import * as v from 'valibot';
import { compareAndSet } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { type Delivery, deliveries, parseStoredDelivery } from './delivery';

/** How long a claim holds: longer than a request may take, so that a delivery is never sent twice at once. */
const claimMs = 30_000;

const isoOf = (ms: number) => new Date(ms).toISOString();

/** Whether a delivery that waits may be tried. One that was never tried waits only for those before it. */
export function isReady({ attempts, nextAttemptAt }: Delivery, now: number): boolean {
  return attempts === 0 || Date.parse(nextAttemptAt) <= now;
}

function change(
  connection: Connection,
  id: string,
  decide: (current: Delivery) => Partial<Delivery> | null,
): Promise<void> {
  return compareAndSet(connection, deliveries, {
    id,
    identity: {},
    parse: parseStoredDelivery,
    decide: (stored) => (stored === null || stored.state === 'begun' ? null : decide(stored)),
  });
}

/** Deliveries of a destination that may be tried, those that waited longest first. @param now milliseconds since 1970 */
export function listDue(
  connection: Connection,
  destination: string,
  now: number,
  limit: number,
): Promise<Delivery[]> {
  const query = { destination, state: 'waiting' as const, nextAttemptAt: { $lte: isoOf(now) } };
  return deliveries.list(connection, query, { sort: { nextAttemptAt: 1 }, limit });
}

/** The first delivery of a destination that waits, by the time at which it may be tried; null when none does. */
export async function nextWaiting(connection: Connection, destination: string): Promise<Delivery | null> {
  const query = { destination, state: 'waiting' as const };
  const [first] = await deliveries.list(connection, query, { sort: { nextAttemptAt: 1 }, limit: 1 });
  return first ?? null;
}

/** The delivery of a lane that comes first of those that are not over; null when all are. */
export async function headOfLane(connection: Connection, lane: string): Promise<Delivery | null> {
  const query = { lane, state: 'waiting' as const };
  const [first] = await deliveries.list(connection, query, { sort: { place: 1 }, limit: 1 });
  return first ?? null;
}

/**
 * Claims a delivery for one attempt, for some time. The attempt is counted before it is made: one that ends the process
 * leaves no other trace.
 * @returns the delivery; null when it is over, not due, or another one has it
 */
export async function claim(
  connection: Connection,
  id: string,
  { holder, now }: { holder: string; now: number },
): Promise<Delivery | null> {
  let claimed: Delivery | null = null;
  await change(connection, id, (current) => {
    if (current.state === 'waiting' && current.claim === holder) {
      claimed = current;
      return null;
    }
    if (current.state !== 'waiting' || !isReady(current, now)) {
      claimed = null;
      return null;
    }
    const fields = { claim: holder, nextAttemptAt: isoOf(now + claimMs), attempts: current.attempts + 1 };
    claimed = { ...current, ...fields };
    return fields;
  });
  return claimed;
}

/** Notes that a notice has arrived. That is a fact, also when another runner has the claim by now. */
export async function noteDelivered(connection: Connection, id: string, status: number): Promise<void> {
  const fields = {
    state: 'delivered' as const,
    deliveredAt: isoOf(Date.now()),
    claim: null,
    lastStatus: status,
    lastError: null,
    // Nobody needs it any more, and it is about a person as a rule.
    notice: '',
  };
  await change(connection, id, ({ state }) => (state === 'delivered' ? null : fields));
}

interface Trouble {
  readonly status: number | null;
  readonly reason: string;
}

/** Notes an attempt that failed, and when the next one may begin; null: never. Only who has the claim may. */
export async function noteFailed(
  connection: Connection,
  id: string,
  holder: string | null,
  { status, reason, nextAt }: Trouble & { nextAt: number | null },
): Promise<void> {
  const fields = {
    claim: null,
    lastStatus: status,
    lastError: reason,
    ...(nextAt === null ? { state: 'dead' as const } : { nextAttemptAt: isoOf(nextAt) }),
  };
  await change(connection, id, ({ state, claim }) =>
    state === 'waiting' && claim === holder ? fields : null,
  );
}

/** Lets a delivery that is due wait for one before it. */
export async function postpone(
  connection: Connection,
  id: string,
  { now, until }: { now: number; until: number },
): Promise<void> {
  const [due, nextAttemptAt] = [isoOf(now), isoOf(until)];
  await change(connection, id, (current) =>
    current.state === 'waiting' && current.nextAttemptAt <= due ? { nextAttemptAt } : null,
  );
}

/** Gives a dead delivery all its attempts again. @returns whether it was dead */
export async function revive(connection: Connection, id: string, now: number): Promise<boolean> {
  let isRevived = false;
  const at = isoOf(now);
  await change(connection, id, ({ state }) => {
    if (state !== 'dead') return null;
    isRevived = true;
    return { state: 'waiting', attempts: 0, claim: null, queuedAt: at, nextAttemptAt: at };
  });
  return isRevived;
}

/** Removes what is, or was, to be told of a person who is erased. */
export async function removeDeliveriesAbout(connection: Connection, email: string): Promise<void> {
  await deliveries.removeMany(connection, { orderKey: email });
}

/** How many deliveries of a destination are in a state, at most `max`. */
export async function countDeliveries(
  connection: Connection,
  destination: string,
  state: Delivery['state'],
  max: number,
): Promise<number> {
  const found = await deliveries.project(connection, { destination, state }, v.object({ _id: v.string() }), {
    limit: max,
  });
  return found.length;
}

/** Dead deliveries of a destination, at most `limit`. */
export function listDead(connection: Connection, destination: string, limit: number): Promise<Delivery[]> {
  return deliveries.list(connection, { destination, state: 'dead' }, { limit });
}

/** Removes everything that was, or is, to be sent to a destination. */
export async function removeDeliveriesTo(connection: Connection, destination: string): Promise<void> {
  await deliveries.removeMany(connection, { destination });
}
