import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { increment, readNumber } from '../store/key-value';
import { mapWithLimit } from '../store/map-with-limit';
import { type Refusal, refusals } from './outcome';

/** How long the counters of refused requests are kept, in days. */
export const refusalDays = 35;

const dayMs = 86_400_000;
const keyOf = (reason: Refusal, day: string) => `refused:${reason}:${day}`;
/** Counters that are never removed: those of days come to an end, and a sum of them would fall. */
const totalKeyOf = (reason: Refusal) => `refused:${reason}`;
const duplicatesKey = 'duplicates';

/** Counts a refused request by reason, in total and by UTC day. */
export async function countRefusal(connection: Connection, reason: Refusal, day: string): Promise<void> {
  await Promise.all([
    increment(connection, keyOf(reason, day), refusalDays * dayMs),
    increment(connection, totalKeyOf(reason), null),
  ]);
}

/** Counts a request whose event was stored before. */
export async function countDuplicate(connection: Connection): Promise<void> {
  await increment(connection, duplicatesKey, null);
}

/** How many requests brought an event that was stored before. */
export function duplicatesInAll(connection: Connection): Promise<number> {
  return readNumber(connection, duplicatesKey);
}

const perReason = v.object(v.entriesFromList(refusals, v.number()));

async function refusalsBy(
  connection: Connection,
  keyOfReason: (reason: Refusal) => string,
): Promise<Record<Refusal, number>> {
  const numbers = await mapWithLimit(refusals, (reason) => readNumber(connection, keyOfReason(reason)));
  return v.parse(perReason, Object.fromEntries(refusals.map((reason, at) => [reason, numbers[at]])));
}

/** How many requests were refused since the space exists, by reason. */
export function refusalsInAll(connection: Connection): Promise<Record<Refusal, number>> {
  return refusalsBy(connection, totalKeyOf);
}

/** How many requests were refused on a UTC day for one reason. */
export function refusalsFor(connection: Connection, reason: Refusal, day: string): Promise<number> {
  return readNumber(connection, keyOf(reason, day));
}

/** How many requests were refused on a UTC day, by reason. */
export function refusalsOn(connection: Connection, day: string): Promise<Record<Refusal, number>> {
  return refusalsBy(connection, (reason) => keyOf(reason, day));
}
