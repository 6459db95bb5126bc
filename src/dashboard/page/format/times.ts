const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** Milliseconds of a day. */
export const dayMs = day * 1000;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A UTC day as dates are written: 24 Nov, with the year if it is not this one. */
export function dayName(iso: string, now = Date.now()): string {
  const date = new Date(iso);
  const year = date.getUTCFullYear() === new Date(now).getUTCFullYear() ? '' : ` ${date.getUTCFullYear()}`;
  return `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''}${year}`;
}

/** The exact time: 2026-11-24 04:10:23 UTC. */
export function exactTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** A UTC day with its hour: 24 Nov 04:10. */
export function dayAndHour(iso: string, now: number): string {
  return `${dayName(iso, now)} ${iso.slice(11, 16)}`;
}

/** Whether a time lies less than a day back. */
export function isWithinDay(iso: string, now: number): boolean {
  return now - Date.parse(iso) < dayMs;
}

/** A span of seconds in its largest unit: 40 s, 2 min, 3 h, 5 d. */
export function span(seconds: number): string {
  if (seconds < minute) return `${Math.round(seconds)} s`;
  if (seconds < hour) return `${Math.floor(seconds / minute)} min`;
  if (seconds < day) return `${Math.floor(seconds / hour)} h`;
  return `${Math.floor(seconds / day)} d`;
}

/** How long ago: just now, 2 min ago, 3 h ago; after a month the date. */
export function ago(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < -90) return `in ${span(-seconds)}`;
  if (seconds < 10) return 'just now';
  return seconds < 30 * day ? `${span(seconds)} ago` : dayName(iso, now);
}

/** The UTC day of a moment, `2026-11-24`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** All days from one to another, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += dayMs) days.push(dayOf(time));
  return days;
}
