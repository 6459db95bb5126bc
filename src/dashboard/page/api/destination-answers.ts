import * as v from 'valibot';

/** What the API answers of destinations; only the fields that the page shows. */

const text = v.nullable(v.string());
const texts = v.optional(v.array(v.string()), []);

const destination = v.object({
  id: v.string(),
  name: v.string(),
  kind: v.string(),
  host: v.string(),
  ending: text,
  filter: v.object({
    kinds: v.optional(v.array(v.string()), ['alert', 'digest']),
    levels: texts,
    rules: texts,
    domains: texts,
    tags: texts,
    eventTypes: texts,
    classes: texts,
  }),
  source: v.picklist(['api', 'settings']),
  waiting: v.number(),
  dead: v.number(),
  restUntil: text,
  lastDeliveredAt: text,
  lastError: text,
});
export type Destination = v.InferOutput<typeof destination>;

export const destinations = v.object({ items: v.array(destination), problem: text });

const delivery = v.object({
  key: v.string(),
  title: v.string(),
  state: v.picklist(['waiting', 'delivered', 'dead']),
  createdAt: v.string(),
  attempts: v.number(),
  nextAttemptAt: text,
  lastError: text,
});
export type Delivery = v.InferOutput<typeof delivery>;

export const deliveries = v.object({ items: v.array(delivery), next: text });

/** What changes a destination answers more than the page needs to know. */
export const changed = v.looseObject({});
export const requeuedDeliveries = v.object({ requeued: v.number(), more: v.boolean() });
