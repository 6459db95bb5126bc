import * as v from 'valibot';
import type { FirstEngagement } from '../events/fields';
import { shortHash } from '../events/key';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';

/** Entries `DIMENSION=EVENT`: which event was the first for all mail, the domain or a tag. Both sides are hashes. */
const engagement = v.object({
  opened: v.optional(v.array(v.string()), []),
  clicked: v.optional(v.array(v.string()), []),
  /** Of a message: events that belong to its campaigns and do not name them, as `TIME KEY`. */
  untagged: v.optional(v.array(v.string()), []),
});
type Engagement = v.InferOutput<typeof engagement>;

const storedEngagement = v.looseObject({ _id: v.string(), ...engagement.entries });

/**
 * Which open and click was the first: a document for each person, one for each of its days with any, and one for
 * each message of the person.
 */
export const engagements = new Collection<
  RevisedDocument & Engagement & { day: string | null },
  v.InferOutput<typeof storedEngagement>
>('engagements', (document) => v.parse(storedEngagement, document));

const hash = (text: string) => shortHash(text).slice(0, 16);
/** All mail and the sending domain, as dimensions of an entry: no hash of a tag looks like them. */
const allMailEntry = '*';
const domainEntry = (domain: string | null) => `@${hash(domain ?? '')}`;

const dimensionOfEntry = (entry: string) => entry.slice(0, entry.indexOf('='));
const eventOfEntry = (entry: string) => entry.slice(entry.indexOf('=') + 1);

export interface EngagingEvent {
  kind: 'opened' | 'clicked';
  recipient: string;
  key: string;
  tags: readonly string[];
  domain: string | null;
  messageId: string | null;
  /** The machine that opened or clicked, null for a person. */
  bot: string | null;
  /** UTC day. */
  day: string;
}

/** A document of first engagements, and what its entries are about beside the dimension: nothing, or a text each. */
interface Place {
  id: string;
  day: string | null;
  about: readonly (string | null)[];
}

/**
 * Finds out for which dimensions an event is the first of its kind in a document. The first to ask wins, and the
 * answer is the same at every repeat.
 * @returns an answer for each thing that the entries are about
 */
async function claimFirst(
  connection: Connection,
  event: EngagingEvent,
  { id, day, about }: Place,
): Promise<FirstEngagement[]> {
  const own = hash(event.key);
  const places = about.map((text) => (entry: string) => (text === null ? entry : hash(`${text} ${entry}`)));
  const entries = [allMailEntry, domainEntry(event.domain), ...event.tags.map(hash)];
  const dimensions = places.flatMap((place) => entries.map(place));
  let winners = new Map<string, string>();

  await compareAndSet(connection, engagements, {
    id,
    identity: { day },
    parse: (document) => v.parse(engagement, document),
    decide: (stored) => {
      const known = stored?.[event.kind] ?? [];
      const taken = new Set(known.map(dimensionOfEntry));
      const missing = dimensions.filter((dimension) => !taken.has(dimension));
      const after = [...known, ...missing.map((dimension) => `${dimension}=${own}`)];
      winners = new Map(after.map((entry) => [dimensionOfEntry(entry), eventOfEntry(entry)]));
      return missing.length === 0 ? null : { [event.kind]: after };
    },
  });

  return places.map((place) => {
    const isFirst = (entry: string) => winners.get(place(entry)) === own;
    return {
      all: isFirst(allMailEntry),
      domain: isFirst(domainEntry(event.domain)),
      tags: event.tags.filter((tag) => isFirst(hash(tag))),
    };
  });
}

/** For what an event is the recipient's first of its kind, ever and of its day. */
export async function claimFirstOfPerson(connection: Connection, event: EngagingEvent) {
  const id = hash(event.recipient);
  const [[ever = none], [ofDay = none]] = await Promise.all([
    claimFirst(connection, event, { id, day: null, about: [null] }),
    claimFirst(connection, event, { id: `${id}:${event.day}`, day: event.day, about: [null] }),
  ]);
  return { ever, ofDay };
}

/**
 * For what an event is the first of its kind of its message, recipient and kind of client, ever and on its day. Events
 * that do not name their message are taken for those of one.
 */
export async function claimFirstOfMessage(connection: Connection, event: EngagingEvent) {
  const id = messageDocument(event.recipient, event.messageId ?? '');
  const about = [JSON.stringify([event.bot]), JSON.stringify([event.bot, event.day])];
  const [ever = none, ofDay = none] = await claimFirst(connection, event, { id, day: null, about });
  return { ever, ofDay };
}

const none: FirstEngagement = { all: false, domain: false, tags: [] };

/** An event that does not name the campaigns of its message. */
export interface UntaggedEvent {
  key: string;
  occurredAt: string;
}

/** Remembers an event for when the tags of its message become known. */
export async function rememberUntagged(
  connection: Connection,
  { recipient, messageId, key, occurredAt }: UntaggedEvent & { recipient: string; messageId: string },
): Promise<void> {
  await engagements.upsert(connection, messageDocument(recipient, messageId), {
    $set: { day: null },
    $addToSet: { untagged: `${occurredAt} ${key}` },
  });
}

/** The events of a message that do not name its campaigns. */
export async function untaggedOf(
  connection: Connection,
  { recipient, messageId }: { recipient: string; messageId: string },
): Promise<UntaggedEvent[]> {
  const found = await engagements.find(connection, messageDocument(recipient, messageId));
  return (found?.untagged ?? []).map((entry) => {
    const space = entry.indexOf(' ');
    return { occurredAt: entry.slice(0, space), key: entry.slice(space + 1) };
  });
}

function messageDocument(recipient: string, messageId: string): string {
  return `${hash(recipient)}:message:${hash(messageId)}`;
}

/** Every document of a person: the one for ever, those of days and those of messages. */
function engagementsOf(recipient: string) {
  return { _id: { $startsWith: hash(recipient) } };
}

/** Gives a person's first engagements to another address, so that they stay the first. Can be repeated. */
export async function copyEngagements(connection: Connection, from: string, to: string): Promise<void> {
  for (const { _id, ...fields } of await engagements.list(connection, engagementsOf(from)))
    await engagements.upsert(connection, _id.replace(hash(from), hash(to)), { $set: fields });
}

/** Removes a person's first engagements. */
export async function removeEngagements(connection: Connection, recipient: string): Promise<void> {
  await engagements.removeMany(connection, engagementsOf(recipient));
}
