import * as v from 'valibot';
import { type Connection, collections, everything } from './connection';
import { settle } from './settle';

/** Longest time for which the lease is believed, in milliseconds: a clock that was wrong must not hold it for ever. */
export const longestHold = 3_600_000;

const leaseId = 'lease';

const text = v.optional(v.nullable(v.string()), null);
const lease = v.object({
  holder: text,
  heldUntil: v.optional(v.number(), 0),
  lastRunAt: text,
  lastError: text,
});
const cursor = v.object({
  checkedUntil: v.optional(v.nullable(v.number()), null),
  rest: text,
  lastRunAt: text,
  lastError: text,
});

/** Who compares with Mailgun's record, and how it went the last time. */
export interface Lease {
  holder: string | null;
  /** Until when nobody else may, in milliseconds since 1970. */
  heldUntil: number;
  /** When a run last ended, ISO. */
  lastRunAt: string | null;
  /** Why no domain could be compared. */
  lastError: string | null;
}

/** How far Mailgun's record of a domain was compared with the event log. */
export interface Cursor {
  /** Everything before is stored, in seconds since 1970; null before the first page. */
  checkedUntil: number | null;
  /** What was begun and is not finished, as text. */
  rest: string | null;
  /** ISO. */
  lastRunAt: string | null;
  lastError: string | null;
}

export const noCursor: Cursor = { checkedUntil: null, rest: null, lastRunAt: null, lastError: null };

export async function readLease(connection: Connection): Promise<Lease> {
  return v.parse(lease, (await connection.findOneOrNull(collections.backfill, leaseId)) ?? {});
}

/**
 * Takes the lease for one runner. Two can only have it when a clock is far off, and then do each other no
 * harm: a cursor only moves forward, behind what is stored.
 * @param now and until in milliseconds since 1970
 * @returns whether the runner has it
 */
export async function takeLease(
  connection: Connection,
  { holder, now, until }: { holder: string; now: number; until: number },
): Promise<boolean> {
  let isOurs = false;
  await settle<Lease, Pick<Lease, 'holder' | 'heldUntil'>>(connection, {
    collection: collections.backfill,
    id: leaseId,
    identity: { kind: 'lease' },
    parse: (document) => v.parse(lease, document),
    decide: (current) => {
      const isHeld = current !== null && current.heldUntil > now && current.heldUntil <= now + longestHold;
      const isTaken = current?.holder === holder;
      isOurs = isTaken || !isHeld;
      return isTaken || isHeld ? null : { holder, heldUntil: until };
    },
  });
  return isOurs;
}

/** Gives the lease back, with how the run went. Nobody takes it before `heldUntil`. */
export async function returnLease(
  connection: Connection,
  holder: string,
  fields: Omit<Lease, 'holder'>,
): Promise<void> {
  await settle<Lease, Lease>(connection, {
    collection: collections.backfill,
    id: leaseId,
    identity: { kind: 'lease' },
    parse: (document) => v.parse(lease, document),
    decide: (current) => (current?.holder === holder ? { ...fields, holder: null } : null),
  });
}

const named = v.object({ _id: v.string() });

/** The cursors of all domains that were ever compared. */
export async function readCursors(connection: Connection): Promise<Map<string, Cursor>> {
  const documents = await connection
    .getMany(collections.backfill, { _id: { $gt: '' } }, { limit: everything })
    .toArray();
  const cursors = documents.map(
    (document) => [v.parse(named, document)._id, v.parse(cursor, document)] as const,
  );
  return new Map(cursors.filter(([id]) => id !== leaseId));
}

/** Writes how far a domain was compared. What is said to be stored never shrinks. */
export async function writeCursor(
  connection: Connection,
  domain: string,
  fields: Partial<Cursor>,
): Promise<void> {
  await settle<Cursor, Cursor>(connection, {
    collection: collections.backfill,
    id: domain,
    identity: { kind: 'cursor' },
    parse: (document) => v.parse(cursor, document),
    decide: (stored) => {
      const current = stored ?? noCursor;
      const reached = [current.checkedUntil, fields.checkedUntil ?? null].filter((time) => time !== null);
      const checkedUntil = reached.length === 0 ? null : Math.max(...reached);
      const after = { ...current, ...fields, checkedUntil };
      return stored !== null && JSON.stringify(after) === JSON.stringify(stored) ? null : after;
    },
  });
}
