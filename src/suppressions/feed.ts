import * as v from 'valibot';
import { Collection } from '../store/collection';
import { compareAndSet, newRevision, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { enqueue, topics } from '../store/queue';
import { claimSlot, firstFreeSlot, keyOfSlot } from '../store/slots';
import { type Change, change } from './change';

/*
 * The feed is a row of numbered slots, each with some changes. A publisher that died between a claim and its note of it,
 * or two at once, put a change into two slots: the first of them counts.
 */

const slot = v.object({
  _id: v.string(),
  /** Who has claimed it, null while it is free. */
  claim: v.optional(v.nullable(v.string()), null),
  ids: v.optional(v.array(v.string()), []),
  emails: v.optional(v.array(v.string()), []),
  changes: v.optional(v.array(change), []),
});
type Slot = v.InferOutput<typeof slot>;

const parseSlot = (document: object): Slot => v.parse(slot, document);

export const feed = new Collection<RevisedDocument & Slot & { kind: 'slot' }, Slot>(
  'suppression_changes',
  (document) => v.parse(slot, document),
  [
    ['ids', '_id'],
    ['emails', '_id'],
  ],
);

const held = v.object({ _id: v.string() });

/** The first of the slots that hold a change, by the id of the change. */
async function firstSlots(connection: Connection, ids: readonly string[]): Promise<Map<string, string>> {
  // One by one: how many values a query may name, no platform says.
  const found = await mapWithLimit(ids, async (id) => {
    const slots = await feed.project(connection, { ids: id }, held);
    return slots.map(({ _id }) => [id, _id] as const);
  });
  const first = new Map<string, string>();
  for (const [id, slot] of found.flat()) {
    const known = first.get(id);
    if (known === undefined || slot < known) first.set(id, slot);
  }
  return first;
}

/** Puts changes at the end of the feed, each once. @throws when storage fails */
export async function appendChanges(connection: Connection, changes: readonly Change[]): Promise<void> {
  const known = await firstSlots(
    connection,
    changes.map(({ id }) => id),
  );
  const fresh = changes.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return;
  const claim = newRevision();
  const fields = {
    claim,
    ids: fresh.map(({ id }) => id),
    emails: [...new Set(fresh.flatMap(({ email }) => email ?? []))],
    changes: fresh,
  };
  for (let number = await firstFreeSlot(connection, feed); ; number += 1)
    if (await claimSlot(connection, feed, { number, identity: { kind: 'slot' }, fields, claim })) return;
}

/** A place in the feed, behind some changes of a slot. */
export interface FeedPosition {
  slot: number;
  changes: number;
}

/** Slots of one read. */
const maxSlots = 100;

/**
 * Reads on behind a place.
 * @returns the changes in order, and the place behind the last of them
 */
export async function readChanges(
  connection: Connection,
  after: FeedPosition,
  limit: number,
): Promise<{ changes: Change[]; next: FeedPosition }> {
  const changes: Change[] = [];
  let next = after;
  for (;;) {
    const read = await readSlots(connection, next, limit - changes.length);
    changes.push(...read.changes);
    const isAtEnd = read.next.slot === next.slot && read.next.changes === next.changes;
    next = read.next;
    if (isAtEnd || changes.length === limit) return { changes, next };
  }
}

async function readSlots(
  connection: Connection,
  after: FeedPosition,
  limit: number,
): Promise<{ changes: Change[]; next: FeedPosition }> {
  const slots = await feed.list(
    connection,
    { _id: { $gte: keyOfSlot(after.slot) } },
    { sort: { _id: 1 }, limit: maxSlots },
  );
  const first = await firstSlots(
    connection,
    slots.flatMap(({ ids }) => ids),
  );
  const changes: Change[] = [];
  let next = after;
  let expected = Math.max(after.slot, 1);
  for (const { _id, claim, changes: own } of slots) {
    if (claim === null || Number(_id) !== expected) break;
    const from = expected === after.slot ? after.changes : 0;
    for (const [at, one] of own.entries()) {
      if (at < from) continue;
      if (changes.length === limit) return { changes, next };
      if (first.get(one.id) === _id) changes.push(one);
      next = { slot: expected, changes: at + 1 };
    }
    expected += 1;
  }
  return { changes, next };
}

/** Takes a person from the feed; that something has changed stays. */
export async function eraseFromFeed(connection: Connection, email: string): Promise<void> {
  for (const { _id } of await feed.list(connection, { emails: email })) {
    await compareAndSet(connection, feed, {
      id: _id,
      identity: { kind: 'slot' },
      parse: parseSlot,
      decide: (stored) => {
        if (stored === null || !stored.emails.includes(email)) return null;
        return {
          emails: stored.emails.filter((other) => other !== email),
          changes: stored.changes.map((one) =>
            one.email === email
              ? {
                  ...one,
                  email: null,
                  why: null,
                  suppression: { ...one.suppression, detail: null, event: null },
                }
              : one,
          ),
        };
      },
    });
  }
}

/** Asks for the changes that wait to be published. A lost job does no harm: cron publishes too. */
export async function publishSoon(connection: Connection): Promise<void> {
  await enqueue(connection, topics.publish, {});
}
