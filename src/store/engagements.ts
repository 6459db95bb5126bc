import * as v from 'valibot';
import type { Firsts } from '../events/fields';
import { shortHash } from '../events/key';
import { type Connection, collections, everything } from './connection';
import { findTogether } from './find-together';
import { settle } from './settle';

/** Entries `SUBJECT=EVENT`: which event was the first for all mail, the domain or a tag. Both sides are hashes. */
const storedEngagement = v.object({
  opened: v.optional(v.array(v.string()), []),
  clicked: v.optional(v.array(v.string()), []),
});
type Engagement = v.InferOutput<typeof storedEngagement>;

const hash = (text: string) => shortHash(text).slice(0, 16);
/** All mail and the sending domain, as subjects of an entry: no hash of a tag looks like them. */
const allMail = '*';
const domainEntry = (domain: string | null) => `@${hash(domain ?? '')}`;

const findDocument = findTogether(collections.engagements);

export interface EngagingEvent {
  kind: 'opened' | 'clicked';
  recipient: string;
  key: string;
  tags: readonly string[];
  domain: string | null;
}

/**
 * Finds out for which subjects an event is the recipient's first of its kind. The first to ask wins, and the
 * answer is the same at every repeat.
 * @param day UTC day that the firsts are of, null for ever
 */
export async function claimFirsts(
  connection: Connection,
  event: EngagingEvent,
  day: string | null,
): Promise<Firsts> {
  const id = hash(event.recipient) + (day === null ? '' : `:${day}`);
  const own = hash(event.key);
  const subjects = [allMail, domainEntry(event.domain), ...event.tags.map(hash)];
  let winners = new Map<string, string>();

  await settle<Engagement, Partial<Engagement>>(connection, {
    collection: collections.engagements,
    id,
    identity: { day },
    read: findDocument,
    parse: (document) => v.parse(storedEngagement, document),
    decide: (stored) => {
      const entries = stored?.[event.kind] ?? [];
      const known = new Set(entries.map((entry) => entry.slice(0, entry.indexOf('='))));
      const missing = subjects.filter((subject) => !known.has(subject));
      const after = [...entries, ...missing.map((subject) => `${subject}=${own}`)];
      winners = new Map(
        after.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
      );
      return missing.length === 0 ? null : { [event.kind]: after };
    },
  });

  return {
    all: winners.get(allMail) === own,
    domain: winners.get(domainEntry(event.domain)) === own,
    tags: event.tags.filter((tag) => winners.get(hash(tag)) === own),
  };
}

/** Every document of a person: the one of ever and those of days. */
function engagementsOf(recipient: string) {
  const id = hash(recipient);
  return { _id: { $gte: id, $lt: `${id};` } };
}

/** Gives a person's firsts to another address, so that what was their first stays it. Can be repeated. */
export async function copyEngagements(connection: Connection, from: string, to: string): Promise<void> {
  const documents = await connection
    .getMany(collections.engagements, engagementsOf(from), { limit: everything })
    .toArray();
  for (const document of documents) {
    const { _id, ...fields } = v.parse(v.looseObject({ _id: v.string() }), document);
    await connection.updateOne(
      collections.engagements,
      _id.replace(hash(from), hash(to)),
      { $set: fields },
      { upsert: true },
    );
  }
}

/** Removes a person's firsts. */
export async function removeEngagements(connection: Connection, recipient: string): Promise<void> {
  await connection.removeMany(collections.engagements, engagementsOf(recipient));
}
