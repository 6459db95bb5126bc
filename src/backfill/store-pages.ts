import { enqueueStoredEvent } from '../event-log/enqueue';
import { insertEvent, knownKeys } from '../event-log/event-log';
import type { MailgunEvent } from '../events/event';
import { type EventRange, readEventPage } from '../mailgun/event-pages';
import { MailgunProblem } from '../mailgun/request';
import type { MailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';

/**
 * Age in seconds from which on Mailgun's log is complete: younger events may still be missing from pages,
 * and come into pages that were read already. Mailgun's own advice.
 */
const completeAfterSeconds = 1800;

/** What was done with a page of Mailgun's events. */
export interface StoredPage {
  seen: number;
  known: number;
  /** Stored now, by type. */
  added: ReadonlyMap<string, number>;
  /** The remaining range; null when all of it was read, or all that is complete at Mailgun. */
  rest: EventRange | null;
  /** Up to where all is stored, in seconds since 1970. */
  completeUntil: number;
}

/** Each event once: the Logs API lists the first open of a message a second time as `unique_opened`. */
function onePerKey(events: readonly MailgunEvent[]): MailgunEvent[] {
  const byKey = new Map<string, MailgunEvent>();
  for (const event of events) if (!byKey.has(event.key)) byKey.set(event.key, event);
  return [...byKey.values()];
}

/** Stores what the log lacks, in the same way as a webhook's event. */
async function storeMissing(
  connection: Connection,
  events: readonly MailgunEvent[],
): Promise<MailgunEvent[]> {
  const known = await knownKeys(
    connection,
    events.map(({ key }) => key),
  );
  const missing = events.filter(({ key }) => !known.has(key));
  const receivedAt = new Date().toISOString();
  await mapWithLimit(missing, async (event) => {
    await insertEvent(connection, event, { receivedAt, source: 'backfill', signingKey: null });
    await enqueueStoredEvent(connection, event.key);
  });
  return missing;
}

/** Reads a page of Mailgun's events and stores what is missing. When it returns, all of it is stored. */
async function storePage(
  connection: Connection,
  settings: MailgunSettings,
  range: EventRange,
  oldest: string,
): Promise<StoredPage> {
  const { begin, end } = range;
  const { events, next, askedAtSeconds } = await readEventPage(settings, range);
  // Pages are in the order of time. One of events that lie before what is stored already leads back.
  if (
    range.page !== null &&
    next !== null &&
    events.length > 0 &&
    events.every((one) => one.timestamp < begin)
  )
    throw new MailgunProblem('Mailgun gives the pages of its record in a circle.');
  const horizon = askedAtSeconds - completeAfterSeconds;
  const complete = events.filter(({ timestamp }) => timestamp < horizon);
  const wanted = onePerKey(
    complete.filter(
      ({ timestamp, occurredAt }) => timestamp >= begin && timestamp < end && occurredAt >= oldest,
    ),
  );
  const missing = await storeMissing(connection, wanted);
  // A map: an unknown type may be named like a field that all objects inherit.
  const added = new Map<string, number>();
  for (const { event } of missing) added.set(event, (added.get(event) ?? 0) + 1);

  const isLast = next === null || complete.length < events.length;
  const lastTime = complete.reduce((last, { timestamp }) => Math.max(last, timestamp), begin);
  // Behind the last page there is nothing more up to the horizon; behind any other, nothing up to its last event.
  const completeUntil = isLast ? Math.max(begin, Math.min(horizon, end)) : Math.min(lastTime, end);
  return {
    seen: wanted.length,
    known: wanted.length - missing.length,
    added,
    rest: isLast ? null : { ...range, begin: completeUntil, page: next },
    completeUntil,
  };
}

/**
 * Stores the missing events of a range page by page, until it is read or the time is over.
 * @param oldest ISO time: events before it are not brought back, the owner no longer keeps them
 * @param deadline in milliseconds since 1970; one page is always taken
 * @throws MailgunProblem, or when storage fails
 */
export async function* storePages(
  connection: Connection,
  settings: MailgunSettings,
  range: EventRange,
  { oldest, deadline }: { oldest: string; deadline: number },
): AsyncGenerator<StoredPage> {
  let rest: EventRange | null = range;
  do {
    const page: StoredPage = await storePage(connection, settings, rest, oldest);
    yield page;
    rest = page.rest;
  } while (rest !== null && Date.now() < deadline);
}
