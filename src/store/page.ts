import * as v from 'valibot';
import type { Collection } from './collection';
import { type Connection, platformOf } from './connection';
import { withIds, withKey } from './ids';
import type { Field, FieldPath, Filter, StoredDocument } from './query';

/** The position behind an item of a list: the value that the list is sorted by, and the item's id as it is stored. */
export const position = v.object({ value: v.union([v.string(), v.number(), v.null()]), id: v.string() });
export type Position = v.InferOutput<typeof position>;

/** What a list is made of. */
export interface Selection<Document extends StoredDocument, Parsed> {
  collection: Collection<Document, Parsed>;
  filter: Filter<Document>;
  /** The field that it is sorted by; documents with the same value come in the order of their ids. */
  by: FieldPath<Document>;
  descending: boolean;
  /** Fields that are not needed. */
  without?: readonly Field<Document>[];
  /** Large ones that are not needed either where the whole list is read. */
  notInTables?: readonly Field<Document>[];
}

/** What lies behind a position, in the order of a selection. */
function behind(by: string, descending: boolean, { value, id }: Position): object[] {
  const [past, upTo] = descending ? ['$lt', '$lte'] : ['$gt', '$gte'];
  if (by === '_id') return [{ _id: { [past]: id } }];
  // The first of the two says nothing new, but an index can serve it.
  return [{ [by]: { [upTo]: value } }, { $or: [{ [by]: { [past]: value } }, { _id: { [past]: id } }] }];
}

function valueAt(document: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
      document,
    );
}

/**
 * Reads one page of a list. It begins behind a position and not after a number of items, so that what arrives
 * meanwhile neither repeats nor hides one.
 * @param after null: from the beginning
 * @returns the items, and where the next page begins; null behind the last one
 */
export async function readPage<Document extends StoredDocument, Parsed>(
  connection: Connection,
  { collection, filter, by, descending, without = [] }: Selection<Document, Parsed>,
  { limit, after }: { limit: number; after: Position | null },
): Promise<{ items: Parsed[]; next: Position | null }> {
  const conditions = after === null ? [] : behind(by, descending, after);
  const wanted = Object.fromEntries(
    Object.entries(filter).filter(([, condition]) => condition !== undefined),
  );
  const query = withIds(wanted, collection.keys);
  const direction = descending ? -1 : 1;
  const documents = await platformOf(connection)
    .getMany(collection.name, conditions.length === 0 ? query : { $and: [query, ...conditions] }, {
      sort: { [by]: direction, _id: direction },
      limit: limit + 1,
      ...(without.length > 0 && { hints: { $fields: Object.fromEntries(without.map((name) => [name, 0])) } }),
    })
    .toArray();
  const page = documents.slice(0, limit);
  const last = page.at(-1);
  const next =
    documents.length <= limit || last === undefined
      ? null
      : v.parse(position, { value: valueAt(last, by) ?? null, id: valueAt(last, '_id') });
  // Where the list goes on is read before the documents are parsed: to parse one may add to it.
  return { items: page.map((document) => collection.parse(withKey(document, collection.keys))), next };
}

/** Items that a list is read in. A reader who takes his time holds a page, and there may be a hundred of them. */
const walkedItems = 100;

/** Reads every item of a list, a page at a time: never more than one page is in memory. */
export async function* readAll<Document extends StoredDocument, Parsed>(
  connection: Connection,
  { without = [], notInTables = [], ...selection }: Selection<Document, Parsed>,
): AsyncGenerator<Parsed> {
  const ofTable = { ...selection, without: [...without, ...notInTables] };
  let after: Position | null = null;
  do {
    const page: { items: Parsed[]; next: Position | null } = await readPage(connection, ofTable, {
      limit: walkedItems,
      after,
    });
    yield* page.items;
    after = page.next;
  } while (after !== null);
}
