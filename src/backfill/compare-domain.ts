import { log, reasonOf } from '../log';
import type { EventRange } from '../mailgun/event-pages';
import { MailgunProblem } from '../mailgun/request';
import type { MailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { writeCursor } from './cursors';
import type { Cursor } from './documents';
import { type Ahead, aheadOf, newestToRead, rangeOf, rangeOfAhead } from './next-ranges';
import { type StoredPage, storePages } from './store-pages';

/** What a run keeps to. */
export interface Limits {
  /** ISO time: what is older is not brought back. */
  readonly oldest: string;
  /** In milliseconds since 1970: no further page is begun behind it. */
  readonly deadline: number;
  /** Is asked behind each page: whether nobody else has taken over. */
  readonly isOurs: () => Promise<boolean>;
}

/** What a stored page changes of the cursor. */
type Moved = Partial<Pick<Cursor, 'checkedUntil' | 'rest' | 'ahead'>>;

/** Behind a page of the newest: what is ahead of the gap grows. */
function movedAhead({ from }: Ahead, { completeUntil, rest }: StoredPage): Moved {
  const ahead: Ahead = { from, until: completeUntil, rest };
  return { ahead: JSON.stringify(ahead) };
}

/** Behind a page of what comes next: where it ends the gap, what is ahead of it is reached. */
function movedOn(ahead: Ahead | null, { completeUntil, rest }: StoredPage): Moved {
  if (ahead !== null && completeUntil >= ahead.from)
    return {
      checkedUntil: ahead.until,
      rest: ahead.rest && JSON.stringify(ahead.rest),
      ahead: null,
    };
  return { checkedUntil: completeUntil, rest: rest && JSON.stringify(rest) };
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
  start: Cursor,
  limits: Limits,
): Promise<MailgunProblem | null> {
  const now = Date.now() / 1000;
  const lastRunAt = new Date().toISOString();
  let cursor = start;
  let added = 0;

  /** @returns whether the range was read to its end */
  async function read(range: EventRange, move: (page: StoredPage) => Moved): Promise<boolean> {
    let isThrough = false;
    for await (const page of storePages(connection, settings, range, limits)) {
      added += page.seen - page.known;
      const moved = move(page);
      cursor = { ...cursor, ...moved };
      await writeCursor(connection, domain, {
        ...moved,
        subaccount: settings.subaccount ?? null,
        lastRunAt,
        lastError: null,
      });
      isThrough = page.rest === null;
      if (!isThrough && !(await limits.isOurs())) return false;
    }
    return isThrough;
  }

  try {
    const newest = newestToRead(cursor, domain, settings, now);
    if (newest !== null) {
      const isThrough = await read(rangeOfAhead(newest, domain, now), (page) => movedAhead(newest, page));
      if (!isThrough || Date.now() >= limits.deadline) return null;
    }
    const ahead = aheadOf(cursor, domain);
    await read(rangeOf(cursor, domain, settings, now), (page) => movedOn(ahead, page));
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
