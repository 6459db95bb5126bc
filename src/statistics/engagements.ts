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
});
type Engagement = v.InferOutput<typeof engagement>;

const storedEngagement = v.looseObject({ _id: v.string(), ...engagement.entries });

/** Which open and click of a person was the first: a document for ever, and one for each day with any. */
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
}

/**
 * Finds out for which dimensions an event is the recipient's first of its kind. The first to ask wins, and the
 * answer is the same at every repeat.
 * @param day UTC day of which it may be the first, null for ever
 */
export async function claimFirstEngagement(
  connection: Connection,
  event: EngagingEvent,
  day: string | null,
): Promise<FirstEngagement> {
  const id = hash(event.recipient) + (day === null ? '' : `:${day}`);
  const own = hash(event.key);
  const dimensions = [allMailEntry, domainEntry(event.domain), ...event.tags.map(hash)];
  let winners = new Map<string, string>();

  await compareAndSet(connection, engagements, {
    id,
    identity: { day },
    batched: true,
    parse: (document) => v.parse(engagement, document),
    decide: (stored) => {
      const entries = stored?.[event.kind] ?? [];
      const known = new Set(entries.map(dimensionOfEntry));
      const missing = dimensions.filter((dimension) => !known.has(dimension));
      const after = [...entries, ...missing.map((dimension) => `${dimension}=${own}`)];
      winners = new Map(after.map((entry) => [dimensionOfEntry(entry), eventOfEntry(entry)]));
      return missing.length === 0 ? null : { [event.kind]: after };
    },
  });

  return {
    all: winners.get(allMailEntry) === own,
    domain: winners.get(domainEntry(event.domain)) === own,
    tags: event.tags.filter((tag) => winners.get(hash(tag)) === own),
  };
}

/** Every document of a person: the one for ever and those of days. */
function engagementsOf(recipient: string) {
  const id = hash(recipient);
  return { _id: { $gte: id, $lt: `${id};` } };
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
