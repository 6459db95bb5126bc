import * as v from 'valibot';
import { type ListPage, listPage } from '../mailgun/list-pages';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';

/** The lists of a domain in the order in which they are read. */
export const comparedLists = ['bounce', 'unsubscribe', 'complaint', 'allow'] as const;
export type ComparedList = (typeof comparedLists)[number];

const text = v.optional(v.nullable(v.string()), null);
const number = v.optional(v.number(), 0);

const place = v.object({
  domain: v.optional(v.string(), ''),
  list: v.optional(v.picklist(comparedLists), 'bounce'),
  /** When the comparison that is under way began, ISO; null when no comparison runs. */
  startedAt: text,
  /** Where it goes on; null: at the beginning. */
  page: v.optional(v.nullable(listPage), null),
  /** Whether all pages were read, so that what was not seen is gone. */
  isRead: v.optional(v.boolean(), false),
  /** When the last whole comparison began and ended, ISO. */
  comparedFrom: text,
  finishedAt: text,
  /** Whole comparisons so far: the first one is an import. */
  comparisons: number,
  seen: number,
  added: number,
  lifted: number,
  lastError: text,
});

/** One list of one domain, and how far it was compared with Mailgun's. */
export type Place = Omit<v.InferOutput<typeof place>, 'page'> & { page: ListPage | null };

const identified = v.object({ _id: v.string(), ...place.entries });

const places = new Collection<RevisedDocument & Place, v.InferOutput<typeof identified>>(
  'list_cursors',
  (document) => v.parse(identified, document),
);

export const newPlace = (domain: string, list: ComparedList): Place => ({
  ...v.parse(place, {}),
  domain,
  list,
});

const idOf = ({ domain, list }: Pick<Place, 'domain' | 'list'>) => `${domain}|${list}`;

/** Every list that was ever compared, by domain and list. */
export async function readPlaces(connection: Connection): Promise<Place[]> {
  const documents = await places.list(connection, { _id: { $gt: '' } }, { sort: { _id: 1 } });
  return documents.map(({ _id: _, ...own }) => own);
}

/** Writes how far a list was compared. */
export async function writePlace(connection: Connection, state: Place): Promise<void> {
  const { domain, list } = state;
  await compareAndSet(connection, places, {
    id: idOf(state),
    identity: { domain, list },
    parse: (document) => v.parse(place, document),
    decide: (stored) => (stored !== null && JSON.stringify(stored) === JSON.stringify(state) ? null : state),
  });
}
