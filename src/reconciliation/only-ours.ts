import * as v from 'valibot';
import { readEventPage } from '../mailgun/event-pages';
import { MailgunProblem } from '../mailgun/request';
import type { MailgunSettings } from '../settings/settings';
import { storedCounters } from '../statistics/counter-table';
import { type Counts, countersRaisedBy } from '../statistics/counters';
import type { Connection } from '../store/connection';
import type { Example } from './day-document';
import { isMoved, type TimeSpan, visitOwnEvents } from './own-events';

/** Most pages of one slice: a slice has some thousand events. */
const maxPages = 200;
/** Events that a slice of an hour has about. */
const eventsPerSlice = 2000;
/** Events that are named. */
const maxExamples = 5;

const position = v.object({
  slice: v.number(),
  /** Events that Mailgun's record has listed. */
  listed: v.number(),
  /** What those raise that it has not. */
  counts: v.object(v.entriesFromList(storedCounters, v.optional(v.number()))),
  examples: v.array(v.object({ key: v.string(), event: v.string(), occurredAt: v.string() })),
});

/** How far the events of an hour were looked for in Mailgun's record, and what was found. */
export interface OnlyOurs {
  slice: number;
  listed: number;
  counts: Counts;
  examples: Example[];
}

/** What {@link findOnlyOurs} has stored, or the beginning. */
export function readOnlyOurs(rest: string | null): OnlyOurs {
  if (rest !== null) {
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), position), rest);
    if (read.success) return read.output;
  }
  return { slice: 0, listed: 0, counts: {}, examples: [] };
}

/** How many slices an hour with so many events has. */
export function slicesOf(events: number): number {
  return Math.max(1, Math.ceil(events / eventsPerSlice));
}

/** The keys of all events that Mailgun's record lists in a span. @throws MailgunProblem */
async function keysInRecord(
  settings: MailgunSettings,
  domain: string,
  begin: number,
  end: number,
): Promise<Set<string>> {
  const keys = new Set<string>();
  let page: Awaited<ReturnType<typeof readEventPage>>['next'] = null;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const read = await readEventPage(settings, { domain, begin, end, page });
    for (const { key, timestamp } of read.events) if (timestamp >= begin && timestamp < end) keys.add(key);
    page = read.next;
    if (page === null) return keys;
  }
  throw new MailgunProblem('Mailgun gives the pages of its record without an end.');
}

/**
 * Looks in the next slice of an hour for events that we hold and Mailgun's record does not list.
 * @param configured and domain the domain as in the settings, and its name
 * @throws MailgunProblem
 */
export async function findOnlyOurs(
  connection: Connection,
  settings: MailgunSettings,
  { configured, domain }: { configured: string; domain: string },
  hour: TimeSpan,
  slices: number,
  soFar: OnlyOurs,
): Promise<OnlyOurs> {
  const begin = Date.parse(hour.start);
  const length = (Date.parse(hour.end) - begin) / slices;
  const timeOf = (slice: number) => begin + Math.floor(slice * length);
  const [from, to] = [timeOf(soFar.slice), timeOf(soFar.slice + 1)];
  const keys = await keysInRecord(settings, configured, from / 1000, to / 1000);
  const found: OnlyOurs = {
    slice: soFar.slice + 1,
    listed: soFar.listed + keys.size,
    counts: { ...soFar.counts },
    examples: [...soFar.examples],
  };
  const span = { start: new Date(from).toISOString(), end: new Date(to).toISOString() };
  await visitOwnEvents(connection, domain, span, (event) => {
    const raised = keys.has(event._id) || isMoved(event) ? [] : countersRaisedBy(event);
    for (const counter of raised) found.counts[counter] = (found.counts[counter] ?? 0) + 1;
    if (raised.length > 0 && found.examples.length < maxExamples)
      found.examples.push({ key: event._id, event: event.event, occurredAt: event.occurredAt });
  });
  return found;
}
