import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { ApiError } from './route';

/** Parameters of every list. */
export const pageParameters = {
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/, 'it must be a whole number'),
      v.transform(Number),
      v.minValue(1, 'it must be at least 1'),
      v.maxValue(1000, 'it must be at most 1000'),
    ),
    '50',
  ),
  cursor: v.optional(v.string()),
};

const position = v.tuple([v.nullable(v.string()), v.string()]);
const sortable = v.looseObject({ _id: v.string() });

function readCursor(cursor: string): v.InferOutput<typeof position> {
  try {
    return v.parse(position, JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new ApiError(400, 'invalid_parameter', 'The parameter cursor is not one that a list has answered.');
  }
}

interface PageRequest {
  collection: string;
  filter: Record<string, unknown>;
  /** A field with an ISO time, by which the newest come first. */
  newestBy: string;
  limit: number;
  cursor: string | undefined;
  /** Fields that are not needed. */
  without?: readonly string[];
}

/**
 * Reads one page of a list, newest first. The cursor is the place behind the last item, so that what
 * arrives meanwhile neither repeats nor hides one.
 */
export async function readPage(
  connection: Connection,
  { collection, filter, newestBy, limit, cursor, without = [] }: PageRequest,
): Promise<{ documents: object[]; next: string | null }> {
  const conditions: Array<Record<string, unknown>> = [filter];
  if (cursor !== undefined) {
    const [time, id] = readCursor(cursor);
    // The first of the two says nothing new, but an index can serve it.
    conditions.push(
      { [newestBy]: { $lte: time } },
      { $or: [{ [newestBy]: { $lt: time } }, { _id: { $lt: id } }] },
    );
  }
  const query = conditions.length === 1 ? filter : { $and: conditions };
  const documents = await connection
    .getMany(collection, query, {
      sort: { [newestBy]: -1, _id: -1 },
      limit: limit + 1,
      ...(without.length > 0
        ? { hints: { $fields: Object.fromEntries(without.map((field) => [field, 0])) } }
        : {}),
    })
    .toArray();
  const items = documents.slice(0, limit);
  const last = documents.length > limit ? v.parse(sortable, items.at(-1)) : null;
  if (last === null) return { documents: items, next: null };
  const place = JSON.stringify([last[newestBy] ?? null, last._id]);
  return { documents: items, next: Buffer.from(place).toString('base64url') };
}
