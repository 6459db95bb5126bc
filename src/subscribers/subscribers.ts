import * as v from 'valibot';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { type Change, change, changesBetween } from '../suppressions/change';
import { decision, type Suppression, suppression } from '../suppressions/suppression';
import { newSubscriber, type Subscriber, statuses } from './subscriber';

const text = v.optional(v.nullable(v.string()), null);

/** A change that is not in the feed yet, and how often the owner's hook has failed for it. */
const waitingChange = v.object({ ...change.entries, tries: v.optional(v.number(), 0) });
export type WaitingChange = v.InferOutput<typeof waitingChange>;

const storedSubscriber = v.object({
  email: v.string(),
  status: v.optional(v.picklist(statuses), 'active'),
  active: v.optional(v.boolean(), true),
  bounced: v.optional(v.boolean(), false),
  doNotEmail: v.optional(v.boolean(), false),
  bounceReason: text,
  bounceDate: text,
  complaintDate: text,
  unsubscribeDate: text,
  unsubscribedFrom: v.optional(v.array(v.string()), []),
  softBounces: v.optional(v.number(), 0),
  reactivatedAt: text,
  lastDeliveredAt: text,
  lastOpenedAt: text,
  lastClickedAt: text,
  firstEventAt: text,
  lastEventAt: text,
  suppressions: v.optional(v.array(suppression), []),
  decisions: v.optional(v.array(decision), []),
  doubts: v.optional(v.array(v.string()), []),
  /** Changes of suppressions that are not in the feed yet, and whether there are any. */
  unpublished: v.optional(v.array(waitingChange), []),
  isUnpublished: v.optional(v.boolean(), false),
  changedAt: text,
  /** Of a person who is being erased. */
  pseudonym: text,
});

/** A subscriber as stored: also when it was last written, and the pseudonym that its events get while it is erased. */
export type StoredSubscriber = v.InferOutput<typeof storedSubscriber>;

/** Parses a document of the subscribers. @throws ValiError when it is not one */
export function parseSubscriber(document: unknown): StoredSubscriber {
  return v.parse(storedSubscriber, document);
}

type SubscriberDocument = RevisedDocument & StoredSubscriber;

/** The state of every address. */
export const subscribers = new Collection<SubscriberDocument, StoredSubscriber>(
  'subscribers',
  parseSubscriber,
  [
    ['lastEventAt', '_id'],
    ['status', 'lastEventAt', '_id'],
    ['status', '_id'],
    ['changedAt', '_id'],
    ['doubts', '_id'],
    ['isUnpublished', '_id'],
  ],
);

export function findSubscriber(connection: Connection, email: string): Promise<StoredSubscriber | null> {
  return subscribers.find(connection, email);
}

/** Those of many addresses that are known, in any order. */
export function findSubscribers(
  connection: Connection,
  emails: readonly string[],
): Promise<StoredSubscriber[]> {
  return subscribers.findAll(connection, emails);
}

const held = v.object({ _id: v.string(), suppressions: storedSubscriber.entries.suppressions });

/** The suppressions of many addresses; those that have none are missing. */
export async function findSuppressions(
  connection: Connection,
  emails: readonly string[],
): Promise<Map<string, Suppression[]>> {
  const found = (await subscribers.findDocuments(connection, emails)).map((document) =>
    v.parse(held, document),
  );
  return new Map(
    found.flatMap(({ _id, suppressions }) => (suppressions.length > 0 ? [[_id, suppressions]] : [])),
  );
}

/** The first address behind another in alphabetical order of which something is known, null when there is none. */
export async function nextSubscriber(connection: Connection, after: string): Promise<string | null> {
  const [first] = await subscribers.project(
    connection,
    { _id: { $gt: after } },
    v.object({ _id: v.string() }),
    { sort: { _id: 1 }, limit: 1 },
  );
  return first?._id ?? null;
}

/** The fields in which two states of an address differ, with the values of the second; null when they are the same. */
export function changedFields(before: Subscriber, after: Subscriber): Partial<Subscriber> | null {
  const old = new Map<string, string>(
    Object.entries(before).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  const changes = Object.entries(after).filter(([name, value]) => old.get(name) !== JSON.stringify(value));
  return changes.length === 0 ? null : Object.fromEntries(changes);
}

const fieldNames = Object.keys(newSubscriber(''));

/** What is to be told of a change beside what has changed. */
type Note = Pick<Change, 'by' | 'why'>;

/**
 * Brings an address to the state that `change` makes of what is stored; an unknown one is created. What becomes of its
 * suppressions is written by the same write, to be published (see `publish-changes.ts`).
 * @param change is asked again when somebody else was faster, so what it reads is never older than what it changes
 * @returns how many changes of suppressions wait to be published
 */
export async function changeSubscriber(
  connection: Connection,
  email: string,
  change: (before: Subscriber) => Subscriber | Promise<Subscriber>,
  note: Note = { by: null, why: null },
): Promise<number> {
  let unpublished = 0;
  await compareAndSet(connection, subscribers, {
    id: email,
    identity: { email },
    // A worker that died, or is about to write, may have left no more than the address: such a document gets
    // every field, or queries by the absent ones (`status`) would never find it.
    parse: (document) => ({
      state: parseSubscriber(document),
      isWhole: fieldNames.every((name) => name in document),
    }),
    decide: async (stored) => {
      const before = stored?.state ?? newSubscriber(email);
      const after = await change(before);
      const waiting = stored?.state.unpublished ?? [];
      unpublished = waiting.length;
      const fields = stored?.isWhole ? changedFields(before, after) : after;
      if (fields === null) return null;
      const changedAt = new Date().toISOString();
      const changes = changesBetween(before, after, { at: changedAt, ...note }).map((one) => ({
        ...one,
        tries: 0,
      }));
      unpublished += changes.length;
      return {
        ...fields,
        changedAt,
        ...(changes.length > 0 && {
          unpublished: [...waiting, ...changes],
          isUnpublished: true,
        }),
      };
    },
  });
  return unpublished;
}

/** Addresses with changes that wait to be published, in the order of the addresses. */
export async function waitingChanges(
  connection: Connection,
  after: string,
  limit: number,
): Promise<{ email: string; unpublished: WaitingChange[] }[]> {
  return subscribers.project(
    connection,
    { isUnpublished: true, _id: { $gt: after } },
    v.object({ email: v.string(), unpublished: v.optional(v.array(waitingChange), []) }),
    { sort: { _id: 1 }, limit },
  );
}

/** Notes which changes are published and told; of the others that the owner's hook was tried once more. */
export async function settleChanges(
  connection: Connection,
  email: string,
  done: ReadonlySet<string>,
  tried: ReadonlySet<string>,
): Promise<void> {
  await compareAndSet(connection, subscribers, {
    id: email,
    identity: { email },
    parse: parseSubscriber,
    decide: (stored) => {
      if (stored === null || !stored.unpublished.some(({ id }) => tried.has(id))) return null;
      const unpublished = stored.unpublished
        .filter(({ id }) => !done.has(id))
        .map((one) => (tried.has(one.id) ? { ...one, tries: one.tries + 1 } : one));
      return { unpublished, isUnpublished: unpublished.length > 0 };
    },
  });
}

/**
 * Gives an address the pseudonym that its events get while its person is erased. The first one stays, so that
 * an erasure that was cut short goes on with it.
 * @returns the pseudonym
 */
export async function claimPseudonym(
  connection: Connection,
  email: string,
  pseudonym: string,
): Promise<string> {
  let claimed = pseudonym;
  await compareAndSet(connection, subscribers, {
    id: email,
    identity: { email },
    parse: parseSubscriber,
    decide: (stored) => {
      claimed = stored?.pseudonym ?? pseudonym;
      return stored?.pseudonym ? null : { pseudonym };
    },
  });
  return claimed;
}

/** Removes what is known of an address, if anything. */
export async function removeSubscriber(connection: Connection, email: string): Promise<void> {
  await subscribers.removeMany(connection, { _id: email });
}
