import * as v from 'valibot';
import { shortHash } from '../events/key';
import { type Connection, collections } from './connection';
import type { Firsts } from './events';
import { settle } from './settle';

/** Entries `SUBJECT=EVENT`: which event was the first for all mail or for a tag. Both sides are hashes. */
const storedEngagement = v.object({
  opened: v.optional(v.array(v.string()), []),
  clicked: v.optional(v.array(v.string()), []),
});
type Engagement = v.InferOutput<typeof storedEngagement>;

const hash = (text: string) => shortHash(text).slice(0, 16);
/** All mail, as the subject of an entry. Not a hash, so that no tag can stand for it. */
const allMail = '*';

export interface EngagingEvent {
  kind: 'opened' | 'clicked';
  recipient: string;
  key: string;
  tags: readonly string[];
}

/**
 * Finds out for which tags an event is the recipient's first of its kind. The first to ask wins, and the
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
  const subjects = [allMail, ...event.tags.map(hash)];
  let winners = new Map<string, string>();

  await settle<Engagement, Partial<Engagement>>(connection, {
    collection: collections.engagements,
    id,
    identity: { day },
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
    tags: event.tags.filter((tag) => winners.get(hash(tag)) === own),
  };
}
