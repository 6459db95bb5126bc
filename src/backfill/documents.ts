import * as v from 'valibot';
import { Collection } from '../store/collection';
import type { RevisedDocument } from '../store/compare-and-set';

const text = v.optional(v.nullable(v.string()), null);

const lease = v.object({
  holder: text,
  heldUntil: v.optional(v.number(), 0),
  lastRunAt: text,
  lastError: text,
  unread: text,
});

/** Who compares with Mailgun's events, and how it went the last time. */
export interface Lease {
  holder: string | null;
  /** Until when nobody else may, in milliseconds since 1970. */
  heldUntil: number;
  /** When a run last ended, ISO. */
  lastRunAt: string | null;
  /** Why no domain could be compared. */
  lastError: string | null;
  /** Which accounts refuse to name their domains, and why: the others are compared. */
  unread: string | null;
}

const cursor = v.object({
  checkedUntil: v.optional(v.nullable(v.number()), null),
  rest: text,
  ahead: text,
  knownSince: v.optional(v.nullable(v.number()), null),
  subaccount: text,
  lastRunAt: text,
  lastError: text,
});

/** How far Mailgun's events of a domain were compared with the event log. */
export interface Cursor {
  /** Everything before is stored, in seconds since 1970; null before the first page. */
  checkedUntil: number | null;
  /** The range that was begun and is not finished, as JSON text. */
  rest: string | null;
  /**
   * What is stored behind a gap, as JSON text, where the newest comes first: the gap ends where it begins; null when there
   * is no gap.
   */
  ahead: string | null;
  /** When it was planned to compare the domain for the first time, in seconds since 1970. */
  knownSince: number | null;
  /** The subaccount at Mailgun that has the domain; null: the key's own account. */
  subaccount: string | null;
  /** ISO. */
  lastRunAt: string | null;
  lastError: string | null;
}

/** @throws ValiError when a document is no lease */
export function parseLease(document: object): Lease {
  return v.parse(lease, document);
}

/** @throws ValiError when a document is no cursor */
export function parseCursor(document: object): Cursor {
  return v.parse(cursor, document);
}

const identifiedCursor = v.object({ _id: v.string(), ...cursor.entries });

type BackfillDocument = RevisedDocument & Cursor & Lease & { kind: 'cursor' | 'lease' };

/** For each domain a cursor and the lease of the runner that moves it, and the leases of what is done for all domains. */
export const backfillDocuments = new Collection<BackfillDocument, v.InferOutput<typeof identifiedCursor>>(
  'backfill_cursors',
  (document) => v.parse(identifiedCursor, document),
);

/** The ids of the leases: who plans the comparison of events, who compares suppression lists, and who compares numbers. */
const leaseIds = { events: 'lease', lists: 'lease of lists', numbers: 'lease of numbers' } as const;
/** What a lease is for: something that is done for all domains, or the comparison of one domain's events. */
export type LeaseName = keyof typeof leaseIds | { readonly domain: string };

export function leaseId(name: LeaseName): string {
  return typeof name === 'string' ? leaseIds[name] : `lease of ${name.domain}`;
}

export function isLeaseId(id: string): boolean {
  return id === leaseIds.events || id.startsWith('lease of ');
}
