import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { type Position, position, readPage, type Selection } from '../store/page';
import type { StoredDocument } from '../store/query';
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

/** Decodes a cursor that the API has answered. @throws ApiError 400 for any other text; it says where cursors come from */
export function decodeCursor<Schema extends v.GenericSchema>(
  schema: Schema,
  cursor: string,
  answeredBy: string,
): v.InferOutput<Schema> {
  try {
    return v.parse(schema, JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new ApiError(
      400,
      'invalid_parameter',
      `The parameter cursor is not one that ${answeredBy} has answered.`,
    );
  }
}

/** The cursor that goes on at a position, null when there is nothing more. */
export function encodeCursor(position: object | null): string | null {
  return position === null ? null : Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Reads one page of a list by the cursor of a request. @throws ApiError 400 when the cursor cannot be read */
export async function readPageAt<Document extends StoredDocument, Parsed>(
  connection: Connection,
  selection: Selection<Document, Parsed>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: Parsed[]; next: string | null }> {
  const after: Position | null = cursor === undefined ? null : decodeCursor(position, cursor, 'a list');
  const { items, next } = await readPage(connection, selection, { limit, after });
  return { items, next: encodeCursor(next) };
}
