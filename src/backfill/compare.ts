import * as v from 'valibot';
import type { MailgunSettings } from '../config';
import { log, reasonOf } from '../log';
import { MailgunProblem } from '../mailgun/ask';
import { type Cursor, writeCursor } from '../store/backfill';
import type { Connection } from '../store/connection';
import { type Stretch, stretch } from './record';
import { takePages } from './take-page';

const daySeconds = 86_400;

/** The rest of a stretch that was begun; null when there is none, or all of it is behind us. */
function readRest({ rest, checkedUntil }: Cursor): Stretch | null {
  if (rest === null) return null;
  try {
    const read = v.parse(stretch, JSON.parse(rest));
    return checkedUntil !== null && read.begin < checkedUntil ? null : read;
  } catch {
    return null;
  }
}

/** @param now in seconds since 1970 */
function stretchFrom(cursor: Cursor, domain: string, backfillDays: number, now: number): Stretch {
  const begin = cursor.checkedUntil ?? Math.max(0, now - backfillDays * daySeconds);
  return readRest(cursor) ?? { domain, begin, end: Math.max(now, begin + 1), page: null };
}

/**
 * Compares Mailgun's record of a domain with the event log from where the last run stopped, until it is
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
  const rest = stretchFrom(cursor, domain, settings.backfillDays, Date.now() / 1000);
  const lastRunAt = new Date().toISOString();
  let added = 0;
  try {
    for await (const page of takePages(connection, settings, rest, limits)) {
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
