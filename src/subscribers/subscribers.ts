import * as v from 'valibot';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { newSubscriber, type Subscriber, statuses } from './subscriber';

const text = v.optional(v.nullable(v.string()), null);

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
  bounceEvidence: text,
  complaintEvidence: text,
  unsubscribeEvidence: text,
  changedAt: text,
  /** The pseudonym of a person who is being erased; the stored name is older than the word. */
  standIn: text,
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

/** The fields in which two states of an address differ, with the values of the second; null when in none. */
export function changedFields(before: Subscriber, after: Subscriber): Partial<Subscriber> | null {
  const old = new Map<string, string>(
    Object.entries(before).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  const changes = Object.entries(after).filter(([name, value]) => old.get(name) !== JSON.stringify(value));
  return changes.length === 0 ? null : Object.fromEntries(changes);
}

const fieldNames = Object.keys(newSubscriber(''));

/** Brings an address to the state that `change` makes of what is stored; an unknown one is created. */
export async function changeSubscriber(
  connection: Connection,
  email: string,
  change: (before: Subscriber) => Subscriber,
): Promise<void> {
  await compareAndSet(connection, subscribers, {
    id: email,
    identity: { email },
    // A worker that died, or is about to write, may have left no more than the address: such a document gets
    // every field, or queries by the absent ones (`status`) would never find it.
    parse: (document) => ({
      state: parseSubscriber(document),
      isWhole: fieldNames.every((name) => name in document),
    }),
    decide: (stored) => {
      const before = stored?.state ?? newSubscriber(email);
      const after = change(before);
      const fields = stored?.isWhole ? changedFields(before, after) : after;
      return fields && { ...fields, changedAt: new Date().toISOString() };
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
      claimed = stored?.standIn ?? pseudonym;
      return stored?.standIn ? null : { standIn: pseudonym };
    },
  });
  return claimed;
}

/** Removes what is known of an address, if anything. */
export async function removeSubscriber(connection: Connection, email: string): Promise<void> {
  await subscribers.removeMany(connection, { _id: email });
}
