import * as v from 'valibot';
import { bucketAt } from '../statistics/bucket';
import { talliesOfDimension } from '../statistics/buckets';
import { counters } from '../statistics/counter-table';
import { type Counts, withZeros } from '../statistics/counters';
import { allMail, dimensionOf } from '../statistics/dimension';
import { findStatistics } from '../statistics/dimension-statistics';
import { rateNames, ratesOf } from '../statistics/rates';
import type { Connection } from '../store/connection';
import { tableRoutes } from './list';
import { ApiError } from './route';
import { from, to } from './span';

/** Step, default and largest number of steps of each kind of timeline. */
const kinds = {
  hour: { stepMs: 3_600_000, defaultSteps: 24, maxSteps: 168 },
  day: { stepMs: 86_400_000, defaultSteps: 30, maxSteps: 1100 },
} as const;

type Kind = keyof typeof kinds;

/** The counts of a dimension by the ISO time at which their hour or day begins. */
async function countsByStart(
  connection: Connection,
  dimension: string,
  by: Kind,
  start: string,
  end: string,
): Promise<Map<string, Counts>> {
  if (by === 'hour') {
    const tallies = await talliesOfDimension(connection, 'hour', dimension, start, end);
    return new Map(tallies.map(({ start: at, counts }) => [at, counts]));
  }
  const statistics = await findStatistics(connection, dimension);
  return new Map(
    Object.entries(statistics?.days ?? {}).map(([date, counts]) => [bucketAt('day', date).start, counts]),
  );
}

/** `GET /api/timeline?by=hour|day&from=&to=&tag=&domain=`: counts and rates of each hour or day, oldest first. */
export const timeline = tableRoutes({
  parameters: {
    by: v.optional(v.picklist(['hour', 'day'], 'it must be hour or day.'), 'day'),
    from: v.optional(from),
    to: v.optional(to),
    tag: v.optional(v.pipe(v.string(), v.toLowerCase())),
    domain: v.optional(v.pipe(v.string(), v.toLowerCase())),
  },
  read: async (connection, { by, from: begin, to: until, tag, domain }) => {
    if (tag !== undefined && domain !== undefined)
      throw new ApiError(400, 'invalid_parameter', 'The parameters tag and domain exclude each other.');
    const { stepMs, defaultSteps, maxSteps } = kinds[by];
    // The step that the end lies in is shown whole.
    const end = bucketAt(by, new Date(Date.parse(until ?? new Date().toISOString()) - 1).toISOString()).end;
    const start = bucketAt(
      by,
      begin ?? new Date(Date.parse(end) - defaultSteps * stepMs).toISOString(),
    ).start;
    const steps = (Date.parse(end) - Date.parse(start)) / stepMs;
    if (steps < 1 || steps > maxSteps)
      throw new ApiError(
        400,
        'invalid_parameter',
        `The parameter from is not accepted: by ${by}, ask for 1 to ${maxSteps} ${by}s.`,
      );
    const dimension =
      tag === undefined
        ? domain === undefined
          ? allMail
          : dimensionOf('domain', domain)
        : dimensionOf('tag', tag);
    const counts = await countsByStart(connection, dimension, by, start, end);
    const items = Array.from({ length: steps }, (_, at) => {
      const step = new Date(Date.parse(start) + at * stepMs).toISOString();
      const own = counts.get(step) ?? {};
      return { start: step, ...withZeros(own), rates: ratesOf(own) };
    });
    return { by, from: start, to: end, items };
  },
  columns: ['start', ...counters, ...rateNames.map((rate) => `rates.${rate}`)],
});
