import * as v from 'valibot';
import { failureClasses } from '../events/classify';
import type { MailgunEvent } from '../events/event';
import { providerOf } from '../events/provider';
import { type Connection, collections, everything } from './connection';
import { findTogether } from './find-together';
import { gather } from './gather';
import { attempt } from './settle';

const text = v.optional(v.nullable(v.string()), null);
const number = v.optional(v.nullable(v.number()), null);
const texts = v.optional(v.array(v.string()), []);
const flag = v.optional(v.boolean(), false);

/** As stored: whether an event is a recipient's first for all mail, for its domain, and for which tags. */
export const firstsSchema = v.object({
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
  first: v.optional(v.nullable(firstsSchema), null),
  firstOfDay: v.optional(v.nullable(firstsSchema), null),
});

export type Firsts = v.InferOutput<typeof firstsSchema>;

/** An event as the log keeps it. */
export type StoredEvent = MailgunEvent & Omit<v.InferOutput<typeof eventFields>, keyof MailgunEvent>;

/** Parses a document of the event log. @throws ValiError when it is not one */
export function parseEvent(read: unknown): StoredEvent {
  const document = v.parse(identified, read);
  // To copy so many fields for the sake of one costs more than to parse them: the document gets it.
  return v.parse(eventFields, Object.assign(document, { key: document._id }));
}

export async function findEvent(connection: Connection, key: string): Promise<StoredEvent | null> {
  const found = await connection.findOneOrNull(collections.events, key);
  return found === null ? null : parseEvent(found);
}

const findDocument = findTogether(collections.events);

/** As {@link findEvent}, in one call with others who look for events at the same time. */
export async function findEventTogether(connection: Connection, key: string): Promise<StoredEvent | null> {
  const found = await findDocument(connection, key);
  return found === null ? null : parseEvent(found);
}

/** Calls an event done, in one call with others that are done at the same time after as many attempts. */
export const finishTogether = gather<Connection, { key: string; attempts: number }, void>(
  async (connection, done) => {
    const processedAt = new Date().toISOString();
    for (const attempts of new Set(done.map((one) => one.attempts))) {
      const keys = done.filter((one) => one.attempts === attempts).map(({ key }) => key);
      await connection.updateMany(
        collections.events,
        { _id: { $in: keys } },
        { $set: { state: 'done', processedAt, attempts, lastError: null } },
      );
    }
    return () => undefined;
  },
);

const named = v.object({ _id: v.string() });

/** Which of some keys the log holds. */
export async function knownKeys(connection: Connection, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const documents = await connection
    .getMany(
      collections.events,
      { _id: { $in: [...keys] } },
      { limit: everything, hints: { $fields: { event: 1 } } },
    )
    .toArray();
  return new Set(documents.map((document) => v.parse(named, document)._id));
}

type Arrival = Pick<StoredEvent, 'receivedAt' | 'source' | 'signingKey'>;

/** The document of a new event; what is null or empty is left out. Field by field: so many are slow to spread. */
function documentOf(event: MailgunEvent, { receivedAt, source, signingKey }: Arrival) {
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

/**
 * Stores a new event, and how it came to us. When it returns, the event is in the log.
 * @throws when it is not, or nobody can say
 */
export async function insertEvent(
  connection: Connection,
  event: MailgunEvent,
  arrival: Arrival,
): Promise<void> {
  try {
    await connection.insertOne(collections.events, documentOf(event, arrival));
  } catch (error) {
    // A copy may have been faster, or the insert may have taken effect before it failed.
    if ((await attempt(connection.findOneOrNull(collections.events, event.key))) === null) throw error;
  }
}

/** Gives a dead event all its attempts again. */
export async function reviveEvent(connection: Connection, key: string): Promise<void> {
  const fields = { attempts: 0, sweptAt: null };
  await connection.updateOne(collections.events, key, { $set: fields, $unset: { state: '' } });
}

/** Takes from an event everything that identifies the person it is about. What counts stays. */
export async function eraseRecipient(
  connection: Connection,
  event: StoredEvent,
  standIn: string,
): Promise<void> {
  await connection.updateOne(collections.events, event.key, {
    $set: {
      recipient: standIn,
      recipientDomain: null,
      // What the domain told of it would be gone.
      recipientProvider: providerOf(event),
      deliveryStatus: event.deliveryStatus && { ...event.deliveryStatus, message: null, description: null },
      messageId: null,
      subject: null,
      userVariables: null,
      url: null,
      ip: null,
      clientInfo: null,
      geolocation: null,
      mailingList: null,
      lastError: null,
      fingerprint: '',
      raw: '',
    },
  });
}

/** Sets fields of the event's processing; never of what Mailgun sent. */
export async function updateEvent(
  connection: Connection,
  key: string,
  fields: Partial<
    Pick<StoredEvent, 'processedAt' | 'attempts' | 'sweptAt' | 'state' | 'lastError' | 'first' | 'firstOfDay'>
  >,
): Promise<void> {
  await connection.updateOne(collections.events, key, { $set: fields });
}
