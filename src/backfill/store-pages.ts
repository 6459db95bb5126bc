import { hasRoom, notePending } from '../event-log/back-pressure';
import { enqueueStoredEvent } from '../event-log/enqueue';
import { insertEvent, knownKeys } from '../event-log/event-log';
import type { MailgunEvent } from '../events/event';
import { type EventRange, readEventPage } from '../mailgun/event-pages';
import { MailgunProblem } from '../mailgun/request';
import { type MailgunSettings, readSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';

/**
 * Age in seconds from which on Mailgun's log is complete: younger events may still be missing from pages,
 * and come into pages that were read already. Mailgun's own advice.
 */
const completeAfterSeconds = 1800;

/** Clocks that differ by more, in seconds, are told: one of them is wrong, and nobody knows what is complete. */
const maxClockDifferenceSeconds = 3600;

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
    notePending();
  });
  return missing;
}

/** A page of Mailgun's events, not stored yet. */
interface ReadPage extends Pick<StoredPage, 'rest' | 'completeUntil'> {
  /** Those of the range that the log must hold. */
  readonly wanted: readonly MailgunEvent[];
}

/**
 * Up to where Mailgun's log is complete, in seconds since 1970: by the clock that is behind, so that the cursor never passes
 * what has not happened yet.
 * @param askedAtSeconds by Mailgun's clock
 * @throws MailgunProblem when the clocks differ by more than an hour
 */
function horizonOf(askedAtSeconds: number): number {
  const now = Date.now() / 1000;
  const difference = Math.round(Math.abs(now - askedAtSeconds) / 60);
  if (difference * 60 > maxClockDifferenceSeconds)
    throw new MailgunProblem(
      `The clock of this space and Mailgun's differ by ${difference} minutes: nothing is compared until they agree.`,
    );
  return Math.min(now, askedAtSeconds) - completeAfterSeconds;
}

/** Reads a page of Mailgun's events. */
async function readPage(settings: MailgunSettings, range: EventRange, oldest: string): Promise<ReadPage> {
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
  const horizon = horizonOf(askedAtSeconds);
  const complete = events.filter(({ timestamp }) => timestamp < horizon);
  const wanted = onePerKey(
    complete.filter(
      ({ timestamp, occurredAt }) => timestamp >= begin && timestamp < end && occurredAt >= oldest,
    ),
  );
  const isLast = next === null || complete.length < events.length;
  const lastTime = complete.reduce((last, { timestamp }) => Math.max(last, timestamp), begin);
  // Behind the last page there is nothing more up to the horizon; behind any other, nothing up to its last event.
  const completeUntil = isLast ? Math.max(begin, Math.min(horizon, end)) : Math.min(lastTime, end);
  return { wanted, completeUntil, rest: isLast ? null : { ...range, begin: completeUntil, page: next } };
}

async function storePage(connection: Connection, { wanted, ...page }: ReadPage): Promise<StoredPage> {
  const missing = await storeMissing(connection, wanted);
  // A map: an unknown type may be named like a field that all objects inherit.
  const added = new Map<string, number>();
  for (const { event } of missing) added.set(event, (added.get(event) ?? 0) + 1);
  return { ...page, seen: wanted.length, known: wanted.length - missing.length, added };
}

/**
 * Whether so few events wait for their effects that more may be brought back: webhooks are refused when too many wait,
 * and they come first.
 */
export async function hasRoomForMore(connection: Connection): Promise<boolean> {
  const read = readSettings();
  return 'problem' in read || (await hasRoom(connection, Math.ceil(read.settings.maxPendingEvents / 4)));
}

/**
 * Stores the missing events of a range page by page, until it is read, the time is over, or too many events wait for their
 * effects. The next page is under way while one is stored, since Mailgun takes longer to answer than storing takes.
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
  let reading: Promise<ReadPage> | null = readPage(settings, range, oldest);
  while (reading !== null) {
    const page: ReadPage = await reading;
    const goesOn: boolean = page.rest !== null && Date.now() < deadline && (await hasRoomForMore(connection));
    reading = goesOn && page.rest !== null ? readPage(settings, page.rest, oldest) : null;
    // What it throws is told when its turn comes.
    reading?.catch(() => {});
    yield await storePage(connection, page);
  }
}
