import type { ReconciledDay } from './day-document';

const dayMs = 86_400_000;
/** How long after its end a day is complete: Mailgun writes late events into its record and its counts. */
const completeAfterMs = 2 * 3_600_000;
/** The hour, UTC, from which on a night's comparison is due. Yesterday is complete by then. */
const nightHour = 2;
/** How many days back a night looks. */
export const nightlyDays = 4;

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The newest day that is complete. @param now milliseconds since 1970 */
export function newestComplete(now: number): string {
  return dayOf(now - completeAfterMs - dayMs);
}

/** The days from one to another, both included, that are complete. */
export function completeDays(from: string, to: string, now: number): string[] {
  const last = Math.min(Date.parse(to), Date.parse(newestComplete(now)));
  const days: string[] = [];
  for (let time = Date.parse(from); time <= last; time += dayMs) days.push(dayOf(time));
  return days;
}

/** When the last night's comparison was due, ISO. */
export function lastNight(now: number): string {
  const night = new Date(now);
  night.setUTCHours(nightHour, 0, 0, 0);
  if (night.getTime() > now) night.setUTCDate(night.getUTCDate() - 1);
  return night.toISOString();
}

/** The days that a night looks at: the last ones that are complete, each of which began after our first event. */
export function daysOfNight(firstDay: string | null, now: number): string[] {
  if (firstDay === null) return [];
  const newest = newestComplete(now);
  const from = dayOf(Date.parse(newest) - (nightlyDays - 1) * dayMs);
  return completeDays(from, newest, now).filter((day) => day > firstDay.slice(0, 10));
}

/** Whether a comparison is under way, or there was none since a moment, ISO. */
export function isDueSince({ step, finishedAt }: ReconciledDay, since: string): boolean {
  return step !== null || finishedAt === null || finishedAt < since;
}

/** Whether a night compares a day: when it never was, or it differed the night before. */
export function isDueAtNight(day: ReconciledDay, night: string): boolean {
  return day.finishedAt === null || day.step !== null || (day.state === 'differs' && day.finishedAt < night);
}
