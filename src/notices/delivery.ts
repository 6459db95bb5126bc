import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { Collection } from '../store/collection';
import type { RevisedDocument } from '../store/compare-and-set';
import { noticeKinds } from './notice';

const text = v.optional(v.nullable(v.string()), null);

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const;

export const delivery = v.object({
  _id: v.string(),
  /** The id of its destination. */
  destination: v.string(),
  /** The key of its notice. */
  noticeKey: v.string(),
  kind: v.picklist(noticeKinds),
  title: v.string(),
  /** The notice as `notice.ts` writes it; emptied when it is no longer needed. */
  notice: v.optional(v.string(), ''),
  /** Whom or what it is about: those of one destination with the same one come in order. */
  orderKey: text,
  /** Destination and order key as one text; null without an order. */
  lane: text,
  /** Its place in the lane: sorts as the publications did. */
  place: v.string(),
  state: v.picklist(deliveryStates),
  /** When it was published, ISO. */
  createdAt: v.string(),
  /** When its attempts began to count, ISO: published, or queued again by a person. */
  queuedAt: v.string(),
  /** When it may be tried again, ISO; while it is claimed, when the claim ends. */
  nextAttemptAt: v.string(),
  /** Attempts that have begun. */
  attempts: v.optional(v.number(), 0),
  /** Who is at it. */
  claim: text,
  deliveredAt: text,
  lastStatus: v.optional(v.nullable(v.number()), null),
  lastError: text,
});

/** One notice on its way to one destination. */
export type Delivery = v.InferOutput<typeof delivery>;

/** Parses a delivery. @throws ValiError when it is none */
export function parseDelivery(document: unknown): Delivery {
  return v.parse(delivery, document);
}

/** A delivery as a writer finds it: one that is only begun has a key and nothing else. */
export function parseStoredDelivery(document: object): Delivery | { state: 'begun' } {
  return 'state' in document ? parseDelivery(document) : { state: 'begun' };
}

/** Every delivery under its destination and the key of its notice, so that there is one however often it is published. */
export const deliveries = new Collection<RevisedDocument & Delivery, Delivery>('deliveries', parseDelivery, [
  ['destination', 'state', 'nextAttemptAt', '_id'],
  ['destination', 'createdAt', '_id'],
  ['destination', 'state', 'createdAt', '_id'],
  ['lane', 'state', 'place'],
  ['orderKey', '_id'],
  ['createdAt', '_id'],
]);

export const idOfDelivery = (destination: string, noticeKey: string) => `${destination}|${noticeKey}`;

/** What a receiver tells repeats by: the same for every attempt, and it says nothing of the notice. */
export function messageIdOf(deliveryId: string): string {
  return `msg_${createHash('sha256').update(deliveryId).digest('hex').slice(0, 32)}`;
}
