import { daysAfter } from '../statistics/days';

/** What a digest may be about: a day, or a week. */
export const digestKinds = ['daily', 'weekly'] as const;
export type DigestKind = (typeof digestKinds)[number];

/** When its reader wants it. */
export interface DigestSchedule {
  kind: DigestKind;
  /** Hour of the day there, 0 to 23. */
  hour: number;
  /** IANA name, such as `Europe/Oslo`. */
  timeZone: string;
}

/** The days that a digest is about, UTC days as everywhere in the app, both ends included. */
export interface DigestPeriod {
  kind: DigestKind;
  from: string;
  to: string;
  /** When it is to be told, ISO time. */
  dueAt: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How late a digest may be told. One that is missed by more is of no use any more. */
const maxLateMs = 12 * hourMs;
const monday = 1;

/** The time that a clock of a zone shows, as `2026-11-24T08:30`. */
function clockIn(timeZone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
    return `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`;
  };
}

type Clock = ReturnType<typeof clockIn>;

/**
 * When a clock first shows an hour of a date, or, where it is put forward over that hour, the first later time. Where it is
 * put back, the hour comes twice and the first one counts. Clocks are off from UTC by multiples of a quarter of an hour.
 */
function firstTimeAt(clock: Clock, date: string, hour: number): number {
  const shown = `${date}T${String(hour).padStart(2, '0')}:00`;
  const near = Date.parse(`${shown}:00Z`);
  const [farthestMs, stepMs] = [15 * hourMs, 15 * minuteMs];
  for (let time = near - farthestMs; time < near + farthestMs; time += stepMs)
    if (clock(time) >= shown) return time;
  return near;
}

/** How far a zone is ahead of UTC at most, in winter and in summer of a year, in milliseconds. */
function mostAheadMs(clock: Clock, date: string): number {
  const year = date.slice(0, 4);
  const ahead = [`${year}-01-01T12:00:00Z`, `${year}-07-01T12:00:00Z`].map(
    (time) => Date.parse(`${clock(Date.parse(time))}:00Z`) - Date.parse(time),
  );
  return Math.max(...ahead);
}

/**
 * The days of the latest digest that was due by a time. On each date of its reader's calendar (of a week: each Monday) one
 * is due, and it ends with the UTC day before that date, or the one before that where at this hour it is not over yet in
 * winter or in summer. So every day has its digest once, whatever clocks are put to.
 * @param now milliseconds since 1970
 */
export function periodOf(now: number, { kind, hour, timeZone }: DigestSchedule): DigestPeriod {
  const clock = clockIn(timeZone);
  const today = clock(now).slice(0, 10);
  const back = kind === 'daily' ? 0 : (new Date(today).getUTCDay() - monday + 7) % 7;
  let date = daysAfter(today, -back);
  if (firstTimeAt(clock, date, hour) > now) date = daysAfter(date, kind === 'daily' ? -1 : -7);
  const isDayOver = hour * hourMs >= mostAheadMs(clock, date);
  const to = daysAfter(date, isDayOver ? -1 : -2);
  return {
    kind,
    from: kind === 'daily' ? to : daysAfter(to, -6),
    to,
    dueAt: new Date(firstTimeAt(clock, date, hour)).toISOString(),
  };
}

/** Whether a digest is to be told now. @param now milliseconds since 1970 */
export function isDue({ dueAt }: DigestPeriod, now: number): boolean {
  const lateMs = now - Date.parse(dueAt);
  return lateMs >= 0 && lateMs < maxLateMs;
}

/** Names a digest, the same for everybody who makes it. */
export function keyOf({ kind, from }: DigestPeriod): string {
  return `digest:${kind}:${from}`;
}
