import * as v from 'valibot';
import { log, reasonOf } from '../log';
import { type EventRange, eventRange } from '../mailgun/event-pages';
import { MailgunProblem } from '../mailgun/request';
import type { MailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { writeCursor } from './cursors';
import type { Cursor } from './documents';
import { storePages } from './store-pages';

const daySeconds = 86_400;

/** The remaining range of a run that was cut short; null when there is none, or all of it is stored. */
function remainingRange({ rest, checkedUntil }: Cursor, domain: string): EventRange | null {
  if (rest === null) return null;
  try {
    const read = v.parse(eventRange, JSON.parse(rest));
    return checkedUntil !== null && read.begin < checkedUntil ? null : read;
  } catch {
    log.warn('cursor not readable, its range begins anew', { domain });
    return null;
  }
}

/** @param now in seconds since 1970 */
function rangeFrom(cursor: Cursor, domain: string, backfillDays: number, now: number): EventRange {
  const begin = cursor.checkedUntil ?? Math.max(0, now - backfillDays * daySeconds);
  return remainingRange(cursor, domain) ?? { domain, begin, end: Math.max(now, begin + 1), page: null };
}

/**
 * Compares Mailgun's events of a domain with the event log from where the last run stopped, until it is
 * through or the time is over. The cursor moves page by page, each time behind what is stored.
 * @returns what kept Mailgun from answering, null when nothing did
 * @throws when storage fails
 */
export async function compareDomain(
  connection: Connection,
  settings: MailgunSettings,
  domain: string,
  cursor: Cursor,
  limits: { oldest: string; deadline: number },
): Promise<MailgunProblem | null> {
  const range = rangeFrom(cursor, domain, settings.backfillDays, Date.now() / 1000);
  const lastRunAt = new Date().toISOString();
  let added = 0;
  try {
    for await (const page of storePages(connection, settings, range, limits)) {
      added += page.seen - page.known;
      await writeCursor(connection, domain, {
        checkedUntil: page.completeUntil,
        rest: page.rest && JSON.stringify(page.rest),
        lastRunAt,
        lastError: null,
      });
    }
    return null;
  } catch (error) {
    const isMailgun = error instanceof MailgunProblem;
    const lastError = isMailgun
      ? error.message
      : 'The storage failed. The next run goes on where this one stopped.';
    log.warn('back-fill stopped, the next run goes on', { domain, error: reasonOf(error) });
    await writeCursor(connection, domain, { lastRunAt, lastError });
    if (isMailgun) return error;
    throw error;
  } finally {
    if (added > 0) log.warn('events brought back that no webhook had brought', { domain, events: added });
  }
}
