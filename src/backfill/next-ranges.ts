import * as v from 'valibot';
import { log } from '../log';
import { type EventRange, eventRange } from '../mailgun/event-pages';
import type { MailgunSettings } from '../settings/settings';
import type { Cursor } from './documents';

const daySeconds = 86_400;
/** How far behind a cursor is, in seconds, when the newest is read first. */
const maxBehindSeconds = 3600;
/** Mailgun's record of what is younger may still have gaps, in seconds. */
const youngSeconds = 1800;

const ahead = v.object({
  /** Where it begins, in seconds since 1970: before it is the gap. */
  from: v.number(),
  /** Up to where it is stored. */
  until: v.number(),
  /** What was begun and is not finished. */
  rest: v.nullable(eventRange),
});
/** What is stored behind a gap. */
export type Ahead = v.InferOutput<typeof ahead>;

/** Reads what a cursor holds as JSON; null when it holds nothing, or what cannot be read. */
function parse<T>(schema: v.GenericSchema<unknown, T>, text: string | null, domain: string): T | null {
  if (text === null) return null;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    log.warn('cursor not readable, its range begins anew', { domain });
    return null;
  }
}

/** @returns what a cursor says is stored behind a gap; null when there is none, or the cursor has passed it */
export function aheadOf(cursor: Cursor, domain: string): Ahead | null {
  const found = parse(ahead, cursor.ahead, domain);
  return found !== null && found.until > (cursor.checkedUntil ?? 0) ? found : null;
}

type Order = Pick<MailgunSettings, 'backfillDays' | 'backfillOrder'>;

/** Where the comparison of a domain begins that was never compared, or goes on. */
function beginOf({ checkedUntil }: Cursor, { backfillDays }: Order, now: number): number {
  return checkedUntil ?? Math.max(0, now - backfillDays * daySeconds);
}

/**
 * What is to be read before the gap: the newest, where the owner wants it first and the cursor is behind.
 * @param now in seconds since 1970
 * @returns null when there is nothing of that kind
 */
export function newestToRead(cursor: Cursor, domain: string, order: Order, now: number): Ahead | null {
  if (order.backfillOrder !== 'newest') return null;
  const lately = now - youngSeconds - maxBehindSeconds;
  const begun = aheadOf(cursor, domain);
  // One that is behind itself leaves a second gap: the gap becomes longer instead, and some of it is read again.
  if (begun !== null && begun.until >= lately) return begun;
  return beginOf(cursor, order, now) < lately ? { from: lately, until: lately, rest: null } : null;
}

/** The range of the newest that is to be read. */
export function rangeOfAhead({ until, rest }: Ahead, domain: string, now: number): EventRange {
  return rest ?? { domain, begin: until, end: Math.max(now, until + 1), page: null };
}

/**
 * The range from where the cursor stands: up to now, or to the end of the gap.
 * @param now in seconds since 1970
 */
export function rangeOf(cursor: Cursor, domain: string, order: Order, now: number): EventRange {
  const begin = beginOf(cursor, order, now);
  const end = Math.max(aheadOf(cursor, domain)?.from ?? now, begin + 1);
  const rest = parse(eventRange, cursor.rest, domain);
  // One that lies before what is stored was left by a runner that was overtaken.
  const isOpen = rest !== null && !(cursor.checkedUntil !== null && rest.begin < cursor.checkedUntil);
  return isOpen ? { ...rest, end: Math.min(rest.end, end) } : { domain, begin, end, page: null };
}
