import * as v from 'valibot';
import { failureClasses } from '../events/classify';
import type { MailgunEvent } from '../events/event';
import { Collection } from '../store/collection';

const text = v.optional(v.nullable(v.string()), null);
const number = v.optional(v.nullable(v.number()), null);
const texts = v.optional(v.array(v.string()), []);
const flag = v.optional(v.boolean(), false);

/** For what an open or click is the recipient's first one: for all mail, for its domain, and for which tags. */
export const firstEngagement = v.object({
  all: v.boolean(),
  domain: v.optional(v.boolean(), false),
  tags: v.array(v.string()),
});

const identified = v.custom<{ _id: string }>(
  (value) => typeof value === 'object' && value !== null && '_id' in value && typeof value._id === 'string',
  'A document needs an _id.',
);

const eventFields = v.object({
  key: v.string(),
  format: v.picklist(['json', 'legacy']),
  event: v.string(),
  severity: text,
  reason: text,
  recipient: text,
  recipientDomain: text,
  recipientProvider: text,
  domain: text,
  account: text,
  messageId: text,
  subject: text,
  timestamp: v.number(),
  occurredAt: v.string(),
  tags: texts,
  userVariables: text,
  deliveryStatus: v.optional(
    v.nullable(
      v.object({
        code: number,
        enhancedCode: text,
        message: text,
        description: text,
        attempt: number,
        mxHost: text,
        bounceType: text,
      }),
    ),
    null,
  ),
  classification: v.optional(v.nullable(v.picklist(failureClasses)), null),
  unsubscribedFrom: texts,
  url: text,
  ip: text,
  clientInfo: v.optional(
    v.nullable(v.object({ type: text, name: text, os: text, device: text, userAgent: text })),
    null,
  ),
  geolocation: v.optional(v.nullable(v.object({ country: text, region: text, city: text })), null),
  bot: text,
  mailingList: text,
  attachments: v.optional(v.number(), 0),
  flags: v.optional(v.object({ routed: flag, test: flag, callback: flag, delayedBounce: flag }), {
    routed: false,
    test: false,
    callback: false,
    delayedBounce: false,
  }),
  fingerprint: v.optional(v.string(), ''),
  raw: v.optional(v.string(), ''),
  receivedAt: v.string(),
  source: v.optional(v.picklist(['webhook', 'backfill']), 'webhook'),
  signingKey: number,
  processedAt: text,
  attempts: v.optional(v.number(), 0),
  sweptAt: text,
  state: v.optional(v.nullable(v.picklist(['done', 'dead'])), null),
  lastError: text,
  first: v.optional(v.nullable(firstEngagement), null),
  firstOfDay: v.optional(v.nullable(firstEngagement), null),
});

export type FirstEngagement = v.InferOutput<typeof firstEngagement>;

/** An event as the log keeps it. */
export type StoredEvent = MailgunEvent & Omit<v.InferOutput<typeof eventFields>, keyof MailgunEvent>;

/** Parses a document of the event log. @throws ValiError when it is not one */
export function parseEvent(read: unknown): StoredEvent {
  const document = v.parse(identified, read);
  // To copy so many fields for the sake of one costs more than to parse them: the document gets it.
  return v.parse(eventFields, Object.assign(document, { key: document._id }));
}

type EventDocument = { _id: string } & Omit<v.InferOutput<typeof eventFields>, 'key'>;

/** The event log: every event once, under its key. */
export const eventLog = new Collection<EventDocument, StoredEvent>('email_events', parseEvent, [
  ['occurredAt', '_id'],
  ['recipient', 'occurredAt', '_id'],
  ['tags', 'occurredAt', '_id'],
  ['event', 'occurredAt', '_id'],
  ['messageId', 'occurredAt', '_id'],
  ['domain', 'occurredAt', '_id'],
  ['classification', 'occurredAt', '_id'],
  ['state', 'receivedAt', '_id'],
]);

/** How an event came to us. */
export type Arrival = Pick<StoredEvent, 'receivedAt' | 'source' | 'signingKey'>;

/** The document of a new event; what is null or empty is left out. Field by field: so many are slow to spread. */
export function documentOf(event: MailgunEvent, { receivedAt, source, signingKey }: Arrival) {
  const list = (texts: readonly string[]) => (texts.length === 0 ? undefined : texts);
  return {
    _id: event.key,
    format: event.format,
    event: event.event,
    severity: event.severity ?? undefined,
    reason: event.reason ?? undefined,
    recipient: event.recipient ?? undefined,
    recipientDomain: event.recipientDomain ?? undefined,
    recipientProvider: event.recipientProvider ?? undefined,
    domain: event.domain ?? undefined,
    account: event.account ?? undefined,
    messageId: event.messageId ?? undefined,
    subject: event.subject ?? undefined,
    timestamp: event.timestamp,
    occurredAt: event.occurredAt,
    tags: list(event.tags),
    userVariables: event.userVariables ?? undefined,
    deliveryStatus: event.deliveryStatus ?? undefined,
    classification: event.classification ?? undefined,
    unsubscribedFrom: list(event.unsubscribedFrom),
    url: event.url ?? undefined,
    ip: event.ip ?? undefined,
    clientInfo: event.clientInfo ?? undefined,
    geolocation: event.geolocation ?? undefined,
    bot: event.bot ?? undefined,
    mailingList: event.mailingList ?? undefined,
    attachments: event.attachments || undefined,
    flags: Object.values(event.flags).includes(true) ? event.flags : undefined,
    fingerprint: event.fingerprint,
    raw: event.raw,
    receivedAt,
    source,
    signingKey: signingKey ?? undefined,
  };
}
