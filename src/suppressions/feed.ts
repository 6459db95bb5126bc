import * as v from 'valibot';
import { Collection } from '../store/collection';
import { compareAndSet, newRevision, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { enqueue, topics } from '../store/queue';
import { type Change, change } from './change';

/*
 * The feed is a row of numbered slots, each with some changes. A slot is claimed by whoever is first, and only behind
 * one that is claimed, so a reader that stops at the first gap has missed nothing. A publisher that died between a claim
 * and its note of it, or two at once, put a change into two slots: the first of them counts.
 */

const slot = v.object({
  _id: v.string(),
  /** Who has claimed it; null: nobody yet. */
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

const idOfSlot = (number: number) => String(number).padStart(12, '0');

/** The number of the first slot that may be free. */
async function nextSlot(connection: Connection): Promise<number> {
  const [last] = await feed.list(connection, { _id: { $gt: '' } }, { sort: { _id: -1 }, limit: 1 });
  if (last === undefined) return 1;
  return Number(last._id) + (last.claim === null ? 0 : 1);
}

/** Slots that hold some changes, by the id of the change the first of them. */
async function firstSlots(connection: Connection, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const holding = v.object({ _id: v.string(), ids: v.array(v.string()) });
  const slots = await feed.project(connection, { ids: { $in: ids } }, holding);
  const first = new Map<string, string>();
  for (const { _id, ids: own } of slots)
    for (const id of own) {
      const known = first.get(id);
      if (known === undefined || _id < known) first.set(id, _id);
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
  for (let number = await nextSlot(connection); ; number += 1) {
    let isOurs = false;
    await compareAndSet(connection, feed, {
      id: idOfSlot(number),
      identity: { kind: 'slot' },
      parse: parseSlot,
      decide: (stored) => {
        const owner = stored?.claim ?? null;
        isOurs = owner === null || owner === claim;
        return owner === null ? fields : null;
      },
    });
    if (isOurs) return;
  }
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
    { _id: { $gte: idOfSlot(after.slot) } },
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
