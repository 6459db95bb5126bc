import * as v from 'valibot';
import { type Counts, counters, type Tally } from './tally';

const line = v.pipe(v.string(), v.regex(/^\d*(,\d*){3,}$/, 'Numbers stand in a line, with commas between.'));

/**
 * Tallies as a bucket stores them: its subjects, and for each a line of numbers, one after the other with
 * semicolons between. A line is: people who opened and who clicked for the first time ever, the first and the
 * last event in milliseconds since the bucket's start, and the counters; zeros are left out. An hour may have
 * hundreds of subjects: as objects they would be three times as large, and whoever wants one would parse all.
 */
export const tallyLines = {
  subjects: v.optional(v.custom<readonly unknown[]>(Array.isArray, 'A list is needed.'), []),
  numbers: v.optional(v.string(), ''),
};
export interface TallyLines {
  readonly subjects: readonly unknown[];
  readonly numbers: string;
}

/** @param start ISO time at which the bucket begins */
export function toLines(tallies: readonly Tally[], start: string): TallyLines {
  const begin = Date.parse(start);
  return {
    subjects: tallies.map(({ subject }) => subject),
    numbers: tallies
      .map(({ everOpens, everClicks, firstEventAt, lastEventAt, counts }) =>
        [
          everOpens,
          everClicks,
          Date.parse(firstEventAt) - begin,
          Date.parse(lastEventAt) - begin,
          ...counters.map((counter) => counts[counter]),
        ]
          .map((number) => number || '')
          .join(','),
      )
      .join(';'),
  };
}

function readTally(subject: unknown, numbers: string | undefined, start: string): Tally {
  const [everOpens = 0, everClicks = 0, first = 0, last = 0, ...counted] = v
    .parse(line, numbers)
    .split(',')
    .map(Number);
  const counts: Counts = {};
  for (const [at, counter] of counters.entries()) if (counted[at]) counts[counter] = counted[at];
  const begin = Date.parse(start);
  return {
    subject: v.parse(v.string(), subject),
    counts,
    everOpens,
    everClicks,
    firstEventAt: new Date(begin + first).toISOString(),
    lastEventAt: new Date(begin + last).toISOString(),
  };
}

/** @throws ValiError when a subject has no numbers, or what are none */
export function fromLines({ subjects, numbers }: TallyLines, start: string): Tally[] {
  const lines = numbers.split(';');
  return subjects.map((subject, place) => readTally(subject, lines[place], start));
}

/** The tally of one subject, null when it has none. @throws ValiError when its numbers are none */
export function tallyOfSubject(
  { subjects, numbers }: TallyLines,
  subject: string,
  start: string,
): Tally | null {
  const place = subjects.indexOf(subject);
  return place < 0 ? null : readTally(subject, numbers.split(';', place + 1)[place], start);
}
