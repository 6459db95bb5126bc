import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { ApiError } from './route';

/** Parameters of every list that is given in pages. */
export const pageParameters = v.object({
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([1-9]\d{0,2}|1000)$/, 'it must be a whole number from 1 to 1000.'),
      v.transform(Number),
    ),
    '50',
  ),
  cursor: v.optional(v.string()),
});

const place = v.object({ value: v.union([v.string(), v.number(), v.null()]), id: v.string() });
type Place = v.InferOutput<typeof place>;

function readCursor(cursor: string): Place {
  try {
    return v.parse(place, JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new ApiError(400, 'invalid_parameter', 'The parameter cursor is not one that a list has answered.');
  }
}

/** What a list is made of. */
export interface Selection {
  collection: string;
  filter: Record<string, unknown>;
  /** The field that it is sorted by; documents with the same value come in the order of their ids. */
  by: string;
  descending: boolean;
  /** Fields that are not needed. */
  without?: readonly string[];
}

/** What lies behind a place, in the order of a selection. */
function behind({ by, descending }: Selection, { value, id }: Place): Record<string, unknown>[] {
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
 * Reads one page of a list. The cursor is the place behind the last item, so that what arrives meanwhile
 * neither repeats nor hides one.
 * @throws ApiError 400 when the cursor is none
 */
export async function readPage(
  connection: Connection,
  selection: Selection,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ documents: object[]; next: string | null }> {
  const { collection, filter, by, descending, without = [] } = selection;
  const conditions = cursor === undefined ? [] : behind(selection, readCursor(cursor));
  const direction = descending ? -1 : 1;
  const documents = await connection
    .getMany(collection, conditions.length === 0 ? filter : { $and: [filter, ...conditions] }, {
      sort: { [by]: direction, _id: direction },
      limit: limit + 1,
      ...(without.length > 0
        ? { hints: { $fields: Object.fromEntries(without.map((field) => [field, 0])) } }
        : {}),
    })
    .toArray();
  const items = documents.slice(0, limit);
  const last = items.at(-1);
  if (documents.length <= limit || last === undefined) return { documents: items, next: null };
  const end: Place = v.parse(place, { value: valueAt(last, by) ?? null, id: valueAt(last, '_id') });
  return { documents: items, next: Buffer.from(JSON.stringify(end)).toString('base64url') };
}

/** Reads every document of a list, some at a time: never more than one page is in memory. */
export async function* readAll(connection: Connection, selection: Selection): AsyncGenerator<object> {
  let cursor: string | undefined;
  do {
    const page = await readPage(connection, selection, { limit: 1000, cursor });
    yield* page.documents;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}
