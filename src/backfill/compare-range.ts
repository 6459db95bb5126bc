import type { EventRange } from '../mailgun/event-pages';
import { MailgunProblem } from '../mailgun/request';
import type { MailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { hasRoomForMore, storePages } from './store-pages';

/** How long a step begins further pages: it answers a request. */
const stepTimeMs = 5000;
/** How long to wait when too many events wait for their effects. */
const fullSeconds = 30;

/** What a step through a range has found, added up over its pages. */
export interface ComparedRange {
  seen: number;
  known: number;
  /** Stored now, by type. */
  added: Map<string, number>;
  /** Up to where all is stored, in seconds since 1970. */
  completeUntil: number;
  /** Where to go on; null when the range is through. */
  rest: EventRange | null;
  /** What keeps the next step from going on: Mailgun, or too many events that wait for their effects. */
  problem: MailgunProblem | null;
}

/**
 * Compares the beginning of a range with the event log and stores what is missing. Moves no cursor.
 * @param oldest see {@link storePages}
 * @throws when storage fails
 */
export async function compareRange(
  connection: Connection,
  settings: MailgunSettings,
  range: EventRange,
  oldest: string,
): Promise<ComparedRange> {
  const compared: ComparedRange = {
    seen: 0,
    known: 0,
    added: new Map(),
    completeUntil: range.begin,
    rest: range,
    problem: null,
  };
  try {
    const deadline = Date.now() + stepTimeMs;
    for await (const page of storePages(connection, settings, range, { oldest, deadline })) {
      compared.seen += page.seen;
      compared.known += page.known;
      for (const [type, count] of page.added)
        compared.added.set(type, (compared.added.get(type) ?? 0) + count);
      compared.completeUntil = page.completeUntil;
      compared.rest = page.rest;
    }
    if (compared.rest !== null && !(await hasRoomForMore(connection)))
      compared.problem = new MailgunProblem(
        'Too many events wait for their effects: the back-fill goes on when they have them.',
        fullSeconds,
      );
  } catch (error) {
    if (!(error instanceof MailgunProblem)) throw error;
    compared.problem = error;
  }
  return compared;
}
