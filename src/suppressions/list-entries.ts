import * as v from 'valibot';
import { Collection } from '../store/collection';
import type { Connection } from '../store/connection';
import { type ListEntry, suppressionsByEntry } from './evidence';
import type { Suppression } from './suppression';

export const mailgunLists = ['bounce', 'unsubscribe', 'complaint'] as const;

const text = v.optional(v.nullable(v.string()), null);

const listEntry = v.object({
  _id: v.string(),
  address: v.string(),
  list: v.picklist(mailgunLists),
  domain: v.string(),
  tags: v.optional(v.array(v.string()), []),
  code: text,
  error: text,
  createdAt: v.string(),
  /** The comparison that saw it last, as the time at which that began. */
  seenAt: v.string(),
  /** Domain and list, by which a comparison finds what it has not seen. */
  place: v.string(),
});

/** An entry of Mailgun's lists as it was last seen there. */
export type StoredEntry = v.InferOutput<typeof listEntry>;

/** Domain and list of an entry as one text. */
export const placeOf = ({ domain, list }: Pick<ListEntry, 'domain' | 'list'>) => `${domain}|${list}`;
export const idOfEntry = (entry: Pick<ListEntry, 'domain' | 'list' | 'address'>) =>
  `${placeOf(entry)}|${entry.address}`;

/** What Mailgun's lists held when they were last read. */
export const listEntries = new Collection<StoredEntry, StoredEntry>(
  'mailgun_lists',
  (document) => v.parse(listEntry, document),
  [
    ['address', '_id'],
    ['place', 'seenAt', '_id'],
  ],
);

/** What Mailgun's lists say against an address. */
export async function evidenceOfLists(connection: Connection, address: string): Promise<Suppression[]> {
  return (await listEntries.list(connection, { address })).flatMap(suppressionsByEntry);
}

/** Forgets the entries of an address. */
export async function removeEntries(connection: Connection, address: string): Promise<void> {
  await listEntries.removeMany(connection, { address });
}
