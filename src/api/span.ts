import * as v from 'valibot';
import { endOfTime } from '../statistics/bucket';

const dayMs = 86_400_000;

function isDate(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
}

/** A UTC day such as `2026-11-24`. */
export const day = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, 'it must be a day such as 2026-11-24.'),
  v.check(isDate, 'there is no such day.'),
);

const dayOrTime = v.pipe(
  v.string(),
  v.regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/,
    'it must be a day such as 2026-11-24 or a time in UTC such as 2026-11-24T04:10:00Z.',
  ),
  v.check(isDate, 'there is no such time.'),
);

/** Where a span begins, as an ISO time: a day stands for its first moment. */
export const from = v.pipe(
  dayOrTime,
  v.transform((text) => new Date(text).toISOString()),
);

/** An ISO time; that of the year 10000, which comes before all others in order, is the end of time. */
function isoTime(ms: number): string {
  return ms < Date.parse(endOfTime) ? new Date(ms).toISOString() : endOfTime;
}

/** Where a span ends, exclusive, as an ISO time: a day stands for the first moment after it. */
export const to = v.pipe(
  dayOrTime,
  v.transform((text) => isoTime(Date.parse(text) + (text.length === 10 ? dayMs : 0))),
);
