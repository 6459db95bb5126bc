import type { MailgunSettings } from '../config';
import { MailgunProblem } from '../mailgun/ask';
import type { Connection } from '../store/connection';
import type { Stretch } from './record';
import { takePages } from './take-page';

/** How long a slice begins further pages, in milliseconds: it answers a request. */
const sliceTime = 5000;

/** What a slice of a stretch has found, added up over its pages. */
export interface Slice {
  seen: number;
  known: number;
  /** Stored now, by type. */
  added: Record<string, number>;
  /** Up to where all is stored, in seconds since 1970. */
  completeUntil: number;
  /** Where to go on; null when the stretch is through. */
  rest: Stretch | null;
  /** What keeps Mailgun from answering. */
  problem: MailgunProblem | null;
}

/**
 * Compares a piece of a stretch with the event log and stores what is missing. Moves no cursor.
 * @param oldest see {@link takePages}
 * @throws when storage fails
 */
export async function takeSlice(
  connection: Connection,
  settings: MailgunSettings,
  stretch: Stretch,
  oldest: string,
): Promise<Slice> {
  const slice: Slice = {
    seen: 0,
    known: 0,
    added: {},
    completeUntil: stretch.begin,
    rest: stretch,
    problem: null,
  };
  try {
    const deadline = Date.now() + sliceTime;
    for await (const page of takePages(connection, settings, stretch, { oldest, deadline })) {
      slice.seen += page.seen;
      slice.known += page.known;
      for (const [type, count] of Object.entries(page.added))
        slice.added[type] = (slice.added[type] ?? 0) + count;
      slice.completeUntil = page.completeUntil;
      slice.rest = page.rest;
    }
  } catch (error) {
    if (!(error instanceof MailgunProblem)) throw error;
    slice.problem = error;
  }
  return slice;
}
