import * as v from 'valibot';
import { ratesOf } from '../statistics/rates';
import { bucketAt } from '../store/bucket';
import { talliesOfSubject } from '../store/buckets';
import { findCampaign } from '../store/campaigns';
import type { Connection } from '../store/connection';
import { allMail, subjectOf } from '../store/subject';
import { type Counts, withZeros } from '../store/tally';
import { tableRoutes } from './list';
import { ApiError } from './route';
import { from, to } from './span';

/** Step, default and largest number of steps of each kind of timeline. */
const kinds = {
  hour: { length: 3_600_000, usual: 24, most: 168 },
  day: { length: 86_400_000, usual: 30, most: 1100 },
} as const;

type Kind = keyof typeof kinds;

/** The counts of a subject by the ISO time at which their hour or day begins. */
async function countsByStart(
  connection: Connection,
  subject: string,
  by: Kind,
  start: string,
  end: string,
): Promise<Map<string, Counts>> {
  if (by === 'hour') {
    const tallies = await talliesOfSubject(connection, 'hour', subject, start, end);
    return new Map(tallies.map(({ start: at, counts }) => [at, counts]));
  }
  const campaign = await findCampaign(connection, subject);
  return new Map(
    Object.entries(campaign?.days ?? {}).map(([date, counts]) => [bucketAt('day', date).start, counts]),
  );
}

/** `GET /api/timeline?by=hour|day&from=&to=&tag=&domain=`: counts and rates of each hour or day, oldest first. */
export const timeline = tableRoutes({
  parameters: {
    by: v.optional(v.picklist(['hour', 'day'], 'it must be hour or day.'), 'day'),
    from: v.optional(from),
    to: v.optional(to),
    tag: v.optional(v.string()),
    domain: v.optional(v.pipe(v.string(), v.toLowerCase())),
  },
  read: async (connection, { by, from: begin, to: until, tag, domain }) => {
    if (tag !== undefined && domain !== undefined)
      throw new ApiError(400, 'invalid_parameter', 'The parameters tag and domain exclude each other.');
    const { length, usual, most } = kinds[by];
    // The step that the end lies in is shown whole.
    const end = bucketAt(by, new Date(Date.parse(until ?? new Date().toISOString()) - 1).toISOString()).end;
    const start = bucketAt(by, begin ?? new Date(Date.parse(end) - usual * length).toISOString()).start;
    const steps = (Date.parse(end) - Date.parse(start)) / length;
    if (steps < 1 || steps > most)
      throw new ApiError(
        400,
        'invalid_parameter',
        `The parameter from is not accepted: by ${by}, ask for 1 to ${most} ${by}s.`,
      );
    const subject =
      tag === undefined
        ? domain === undefined
          ? allMail
          : subjectOf('domain', domain)
        : subjectOf('tag', tag);
    const counts = await countsByStart(connection, subject, by, start, end);
    const items = Array.from({ length: steps }, (_, at) => {
      const step = new Date(Date.parse(start) + at * length).toISOString();
      const own = counts.get(step) ?? {};
      return { start: step, ...withZeros(own), rates: ratesOf(own) };
    });
    return { by, from: start, to: end, items };
  },
  columns: [
    'start',
    ...Object.keys(withZeros({})),
    ...Object.keys(ratesOf({})).map((rate) => `rates.${rate}`),
  ],
});
