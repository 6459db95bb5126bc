import * as v from 'valibot';
import { Collection } from '../store/collection';
import { newRevision, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { claimSlot, firstFreeSlot, keyOfSlot } from '../store/slots';
import { Places } from './places';
import { eventLog, type StoredEvent } from './stored-event';

/*
 * The feed: every event of the log once, in the order in which the log was found to hold it. No time of an event can be
 * a cursor, since of two instances that store at once the one with the earlier time may be the later one to be seen. So
 * each count of a bucket puts the bucket's events that have no place yet behind all that have one: into the next of a
 * row of numbered slots. Before a bucket's mark is taken away, each of its events has a place.
 *
 * An event has one place only: what has a place is read after the number of the first free slot, and that slot can only be
 * claimed while no other one has come behind what was read.
 */

const slot = v.object({
  _id: v.string(),
  /** Who has claimed it, null while it is free. */
  claim: v.optional(v.nullable(v.string()), null),
  /** Keys of events, in their order. */
  keys: v.optional(v.array(v.string()), []),
  /** Ids of the smallest buckets that these events are counted in. */
  buckets: v.optional(v.array(v.string()), []),
});
type Slot = v.InferOutput<typeof slot>;

export const eventFeed = new Collection<RevisedDocument & Slot & { kind: 'slot' }, Slot>(
  'event_feed',
  (document) => v.parse(slot, document),
  [['buckets', '_id']],
  'plain',
);

/** Events of one slot. */
const maxKeys = 500;

/** An event that is in the log, as a count has found it. */
export interface LoggedEvent {
  key: string;
  receivedAt: string;
  /** The id of the smallest bucket that it is counted in. */
  bucket: string;
}

const held = v.object({ _id: v.string(), keys: slot.entries.keys });

/** Keys of events that have a place, among them all of one bucket that have one. */
async function placedInBucket(connection: Connection, bucket: string): Promise<Set<string>> {
  const slots = await eventFeed.project(connection, { buckets: bucket }, held);
  return new Set(slots.flatMap(({ keys }) => keys));
}

/** Those of some events that have no place. */
export async function withoutPlace(
  connection: Connection,
  events: readonly LoggedEvent[],
): Promise<LoggedEvent[]> {
  const buckets = [...new Set(events.map(({ bucket }) => bucket))];
  const placed = new Map(
    await mapWithLimit(
      buckets,
      async (bucket) => [bucket, await placedInBucket(connection, bucket)] as const,
    ),
  );
  return events.filter(({ key, bucket }) => !placed.get(bucket)?.has(key));
}

const inOrder = (one: LoggedEvent, other: LoggedEvent): number =>
  one.receivedAt < other.receivedAt || (one.receivedAt === other.receivedAt && one.key < other.key) ? -1 : 1;

/**
 * Gives every one of some events a place in the feed that has none. When it returns, each has one.
 * @throws when storage fails; what was given stays
 */
export async function placeEvents(connection: Connection, events: readonly LoggedEvent[]): Promise<void> {
  if (events.length === 0) return;
  for (let isLost = true; isLost; ) {
    isLost = false;
    let number = await firstFreeSlot(connection, eventFeed);
    const waiting = (await withoutPlace(connection, events)).sort(inOrder);
    for (let at = 0; at < waiting.length && !isLost; at += maxKeys, number += 1) {
      const own = waiting.slice(at, at + maxKeys);
      const claim = newRevision();
      const fields = {
        claim,
        keys: own.map(({ key }) => key),
        buckets: [...new Set(own.map(({ bucket }) => bucket))],
      };
      // Who has taken the slot may have given some of these events their place: it is looked up again.
      isLost = !(await claimSlot(connection, eventFeed, {
        number,
        identity: { kind: 'slot' },
        fields,
        claim,
      }));
    }
  }
}

/**
 * Empties slots of which all events were removed; their numbers stay, so that cursors do. One that has younger events as
 * well is emptied with the last of them.
 * @param first and end ids of the smallest buckets of a span of event time, the end exclusive
 */
export async function forgetPlaces(connection: Connection, first: string, end: string): Promise<void> {
  const query = { buckets: { $gte: first, $lt: end } };
  const slots = await eventFeed.project(
    connection,
    query,
    v.object({ _id: v.string(), buckets: slot.entries.buckets }),
  );
  const emptied = slots.filter(({ buckets }) => buckets.every((bucket) => bucket < end));
  await mapWithLimit(emptied, ({ _id }) =>
    eventFeed.update(connection, _id, { $set: { keys: [], buckets: [] } }),
  );
}

/** A place in the feed, behind some events of a slot. */
export interface FeedPosition {
  slot: number;
  events: number;
}

/** An event of the feed, and the place behind it. */
export interface FedEvent {
  event: StoredEvent;
  next: FeedPosition;
}

/** Slots that are in memory at once, and events that are loaded at once. */
const maxSlots = 4;
const [fewEvents, maxEvents] = [8, 100];
/** Characters of loaded events that wait for their reader: there may be a hundred slow ones, and events of a megabyte. */
const maxHeldLength = 256 * 1024;

/** Readers that load at the same time. One whose load hangs must not keep the others out: nobody waits for longer. */
const loading = new Places(4);
const loadWaitMs = 5000;
/** Events larger than that which are held at the same time, and how long a reader waits to be given one. */
const large = new Places(8);
const largeWaitMs = 30_000;

const lengthOf = (event: StoredEvent | null) =>
  (event?.raw.length ?? 0) + (event?.userVariables?.length ?? 0);

/** Loads events, and keeps as many of the first as may be held; one at least. Null for what retention has removed. */
async function loadSome(connection: Connection, keys: readonly string[]): Promise<(StoredEvent | null)[]> {
  const leave = await loading.take(loadWaitMs);
  const events = await eventLog.findAll(connection, keys).finally(() => leave?.());
  const found = new Map(events.map((event) => [event.key, event]));
  const loaded = keys.map((key) => found.get(key) ?? null);
  let held = 0;
  const tooMany = loaded.findIndex((event, index) => {
    held += lengthOf(event);
    return index > 0 && held > maxHeldLength;
  });
  return tooMany === -1 ? loaded : loaded.slice(0, tooMany);
}

/** Reads on behind a place, up to the end as it is then. An event that retention has removed is left out. */
export async function* readFeed(connection: Connection, after: FeedPosition): AsyncGenerator<FedEvent> {
  let number = Math.max(after.slot, 1);
  let count = fewEvents;
  for (;;) {
    const slots = await eventFeed.list(
      connection,
      { _id: { $gte: keyOfSlot(number) } },
      { sort: { _id: 1 }, limit: maxSlots },
    );
    for (const { _id, claim, keys } of slots) {
      if (claim === null || Number(_id) !== number) return;
      for (let at = number === after.slot ? after.events : 0; at < keys.length; ) {
        const found = await loadSome(connection, keys.slice(at, at + count));
        count = found.length < count ? found.length : Math.min(2 * count, maxEvents);
        if (lengthOf(found[0] ?? null) > maxHeldLength) {
          // It is let go before a place for it is waited for, and loaded again.
          found.length = 0;
          const leave = await large.take(largeWaitMs);
          if (leave === null) throw new Error('Too many readers are at large events: read on later.');
          try {
            const [event] = await loadSome(connection, keys.slice(at, at + 1));
            at += 1;
            if (event) yield { event, next: { slot: number, events: at } };
          } finally {
            leave();
          }
        }
        while (found.length > 0) {
          const event = found.shift();
          at += 1;
          if (event) yield { event, next: { slot: number, events: at } };
        }
      }
      number += 1;
    }
    if (slots.length < maxSlots) return;
  }
}
