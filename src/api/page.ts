import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { ApiError } from './route';

/** Parameters of every list. */
export const pageParameters = {
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([1-9]\d{0,2}|1000)$/, 'it must be a whole number from 1 to 1000.'),
      v.transform(Number),
    ),
    '50',
  ),
  cursor: v.optional(v.string()),
};

const position = v.object({ time: v.nullable(v.string()), id: v.string() });

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
    const { time, id } = readCursor(cursor);
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
  if (documents.length <= limit) return { documents: items, next: null };
  const sortable = v.object({ _id: v.string(), [newestBy]: v.optional(v.nullable(v.string()), null) });
  const { _id: id, [newestBy]: time } = v.parse(sortable, items.at(-1));
  return { documents: items, next: Buffer.from(JSON.stringify({ time, id })).toString('base64url') };
}
