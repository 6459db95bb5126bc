import type { StoredCounter } from '../statistics/counter-table';
import { comparedCounters, eventsIn } from './compared-counters';
import type { ReconciledDay } from './day-document';
import type { Cause } from './explain';
import { isKnown, sentenceOf } from './reasons';

/** What a counter counts, as a person says it. */
const wordsOf: Partial<Record<StoredCounter, string>> = {
  accepted: 'accepted messages',
  delivered: 'deliveries',
  stored: 'stored messages',
};

const month = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' });

/** Differences that a sentence names one by one. */
const maxNamed = 3;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const wholeCounters = new Set(comparedCounters.flatMap(({ counter, isWhole }) => (isWhole ? [counter] : [])));

/** `12 October`, with the year if the span has several. */
function dayName(day: string, withYear: boolean): string {
  const date = new Date(day);
  const name = `${date.getUTCDate()} ${month.format(date)}`;
  return withYear ? `${name} ${date.getUTCFullYear()}` : name;
}

/** A span of days for people: `October 2026`, `12 October 2026`, `3 to 9 October 2026`. */
export function spanName(from: string, to: string): string {
  const [first, last] = [new Date(from), new Date(to)];
  const year = last.getUTCFullYear();
  if (from === to) return dayName(from, true);
  const isMonth = first.getUTCDate() === 1 && new Date(last.getTime() + 86_400_000).getUTCDate() === 1;
  if (isMonth && from.slice(0, 7) === to.slice(0, 7)) return `${month.format(last)} ${year}`;
  if (from.slice(0, 7) === to.slice(0, 7)) return `${first.getUTCDate()} to ${dayName(to, true)}`;
  return `${dayName(from, first.getUTCFullYear() !== year)} to ${dayName(to, true)}`;
}

/** So many of what a counter counts: `14 opens`, `1 hard bounce`. */
function counted(count: number, counter: StoredCounter): string {
  const words = wordsOf[counter] ?? counter.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const amount = Math.abs(count);
  return `${whole.format(amount)} ${amount === 1 ? words.replace(/ies$/, 'y').replace(/s$/, '') : words}`;
}

/** Causes that say something new: where all events of a type differ, their parts say the same once more. */
export function mainCauses(causes: readonly Cause[]): Cause[] {
  const eventOf = new Map(comparedCounters.map(({ counter, event }) => [counter, event]));
  const told = new Set(
    causes.flatMap(({ counter, reason }) =>
      wholeCounters.has(counter) ? [`${eventOf.get(counter)}|${reason}`] : [],
    ),
  );
  return causes.filter(
    ({ counter, reason }) =>
      reason !== 'uniques' && (wholeCounters.has(counter) || !told.has(`${eventOf.get(counter)}|${reason}`)),
  );
}

/** A cause as a sentence: `14 opens more at Mailgun: Mailgun counts them and its record does not list them.` */
export function tellCause({ counter, reason, count }: Cause): string {
  const side = count > 0 ? 'more at Mailgun' : 'more here';
  return `${counted(count, counter)} ${side}: ${sentenceOf(reason)}.`;
}

/** How the days of a span compare. */
export interface Comparison {
  readonly days: number;
  readonly equal: number;
  readonly explained: number;
  readonly differs: number;
  /** Days of which no comparison has come to an end. */
  readonly open: number;
  /** Events of the compared days, as we count them and as Mailgun does. */
  readonly events: number;
  readonly mailgunEvents: number;
  /** Events that are not the same on both sides for a reason that is not known. */
  readonly unequal: number;
  /** In a sentence; null when nothing was compared. */
  readonly sentence: string | null;
}

/** How many events differ on a day for reasons that are not known. */
export function unequalOn({ causes }: Pick<ReconciledDay, 'causes'>): number {
  return mainCauses(causes).reduce(
    (sum, { reason, count }) => sum + (isKnown(reason) ? 0 : Math.abs(count)),
    0,
  );
}

function exceptions(days: readonly ReconciledDay[], hasYears: boolean): string[] {
  return days.flatMap(({ day, causes }) =>
    mainCauses(causes).map(
      ({ counter, reason, count }) =>
        `${counted(count, counter)} on ${dayName(day, hasYears)} (${sentenceOf(reason)})`,
    ),
  );
}

/** Sums up the days of a span. @param days in their order */
export function summarise(days: readonly ReconciledDay[]): Comparison {
  const done = days.filter(({ finishedAt }) => finishedAt !== null);
  const inState = (state: ReconciledDay['state']) => done.filter((day) => day.state === state).length;
  const sum = (of: (day: ReconciledDay) => number) => done.reduce((total, day) => total + of(day), 0);
  const [first, last] = [done[0]?.day, done.at(-1)?.day];
  const numbers = {
    days: days.length,
    equal: inState('equal'),
    explained: inState('explained'),
    differs: inState('differs'),
    open: days.length - done.length,
    events: sum(({ ours }) => eventsIn(ours)),
    mailgunEvents: sum(({ mailgun }) => eventsIn(mailgun)),
    unequal: sum(unequalOn),
  };
  if (first === undefined || last === undefined) return { ...numbers, sentence: null };
  const but = exceptions(done, first.slice(0, 4) !== last.slice(0, 4));
  const named = but.slice(0, maxNamed).join(', ');
  const more = but.length > maxNamed ? `, and ${but.length - maxNamed} more differences` : '';
  const start = `${spanName(first, last)}: ${whole.format(numbers.events)} events, equal to Mailgun's count`;
  return { ...numbers, sentence: but.length === 0 ? `${start}.` : `${start} but for ${named}${more}.` };
}
