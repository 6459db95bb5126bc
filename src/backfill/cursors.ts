import { compareAndSet } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { backfillDocuments, type Cursor, isLeaseId, parseCursor } from './documents';

export const noCursor: Cursor = {
  checkedUntil: null,
  rest: null,
  ahead: null,
  knownSince: null,
  subaccount: null,
  lastRunAt: null,
  lastError: null,
};

/** The cursors of all domains that were ever compared. */
export async function readCursors(connection: Connection): Promise<Map<string, Cursor>> {
  const documents = await backfillDocuments.list(connection, { _id: { $gt: '' } });
  return new Map(documents.flatMap(({ _id, ...own }) => (isLeaseId(_id) ? [] : [[_id, own]])));
}

/** The cursor of a domain; that of one that was never compared when there is none. */
export async function readCursor(connection: Connection, domain: string): Promise<Cursor> {
  const document = await backfillDocuments.findDocument(connection, domain);
  return document === null ? noCursor : parseCursor(document);
}

/** Writes how far a domain was compared. What is said to be stored never shrinks. */
export async function writeCursor(
  connection: Connection,
  domain: string,
  fields: Partial<Cursor>,
): Promise<void> {
  await compareAndSet(connection, backfillDocuments, {
    id: domain,
    identity: { kind: 'cursor' },
    parse: parseCursor,
    decide: (stored) => {
      const current = stored ?? noCursor;
      const reached = [current.checkedUntil, fields.checkedUntil ?? null].filter((time) => time !== null);
      const checkedUntil = reached.length === 0 ? null : Math.max(...reached);
      const after = { ...current, ...fields, checkedUntil };
      return stored !== null && JSON.stringify(after) === JSON.stringify(stored) ? null : after;
    },
  });
}
