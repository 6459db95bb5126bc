import type { MailgunSettings } from '../config';
import type { MailgunEvent } from '../events/event';
import type { Connection } from '../store/connection';
import { insertEvent, knownKeys } from '../store/events';
import { inParallel } from '../store/in-parallel';
import { queueStored } from '../store/queue';
import { readPage, type Stretch } from './record';

/**
 * Age in seconds from which on Mailgun's record is complete: younger events may still be missing from pages,
 * and come into pages that were read already. Mailgun's own advice.
 */
const completeAfter = 1800;

/** What was done with a page. */
export interface TakenPage {
  seen: number;
  known: number;
  /** Stored now, by type. */
  added: Record<string, number>;
  /** What is left of the stretch; null when all of it was read, or all that is complete at Mailgun. */
  rest: Stretch | null;
  /** Up to where all is stored, in seconds since 1970. */
  completeUntil: number;
}

/** Each event once: the Logs API lists the first open of a message a second time as `unique_opened`. */
function onePerKey(events: readonly MailgunEvent[]): MailgunEvent[] {
  const byKey = new Map<string, MailgunEvent>();
  for (const event of events) if (!byKey.has(event.key)) byKey.set(event.key, event);
  return [...byKey.values()];
}

/** Stores what the log lacks, through the same doors as a webhook. */
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
  await inParallel(missing, async (event) => {
    await insertEvent(connection, event, { receivedAt, source: 'backfill', signingKey: null });
    await queueStored(connection, event.key);
  });
  return missing;
}

/** Reads a page of Mailgun's record and stores what is missing. When it returns, all of it is stored. */
async function takePage(
  connection: Connection,
  settings: MailgunSettings,
  stretch: Stretch,
  oldest: string,
): Promise<TakenPage> {
  const { begin, end } = stretch;
  const { events, next, askedAt } = await readPage(settings, stretch);
  const horizon = askedAt - completeAfter;
  const settled = events.filter(({ timestamp }) => timestamp < horizon);
  const taken = onePerKey(
    settled.filter(
      ({ timestamp, occurredAt }) => timestamp >= begin && timestamp < end && occurredAt >= oldest,
    ),
  );
  const missing = await storeMissing(connection, taken);
  const added: Record<string, number> = {};
  for (const { event } of missing) added[event] = (added[event] ?? 0) + 1;

  const isLast = next === null || settled.length < events.length;
  const lastTime = settled.reduce((last, { timestamp }) => Math.max(last, timestamp), begin);
  // Behind the last page there is nothing more up to the horizon; behind any other, nothing up to its last event.
  const completeUntil = isLast ? Math.max(begin, Math.min(horizon, end)) : Math.min(lastTime, end);
  return {
    seen: taken.length,
    known: taken.length - missing.length,
    added,
    rest: isLast ? null : { ...stretch, begin: completeUntil, page: next },
    completeUntil,
  };
}

/**
 * Takes the pages of a stretch one after the other, until it is read or the time is over.
 * @param oldest ISO time: events before it are not brought back, the owner no longer keeps them
 * @param deadline in milliseconds since 1970; one page is always taken
 * @throws MailgunProblem, or when storage fails
 */
export async function* takePages(
  connection: Connection,
  settings: MailgunSettings,
  stretch: Stretch,
  { oldest, deadline }: { oldest: string; deadline: number },
): AsyncGenerator<TakenPage> {
  let rest: Stretch | null = stretch;
  do {
    const taken: TakenPage = await takePage(connection, settings, rest, oldest);
    yield taken;
    rest = taken.rest;
  } while (rest !== null && Date.now() < deadline);
}
