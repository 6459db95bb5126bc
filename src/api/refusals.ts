import * as v from 'valibot';
import { dayOf } from '../events/key';
import { daysAfter, daysBetween } from '../statistics/days';
import { mapWithLimit } from '../store/map-with-limit';
import { refusals as reasons } from '../webhook/outcome';
import { refusalDays, refusalsOn } from '../webhook/refusals';
import { tableRoutes } from './list';
import { ApiError } from './route';
import { day } from './span';

/** Days without a `from`. */
const defaultDays = 14;

/** `GET /api/refusals?from=&to=`: how many requests were refused per day, by reason. */
export const refusals = tableRoutes({
  parameters: { from: v.optional(day), to: v.optional(day) },
  read: async (connection, { from, to }) => {
    const last = to ?? dayOf(new Date().toISOString());
    const first = from ?? daysAfter(last, 1 - defaultDays);
    const length = daysBetween(first, last);
    if (length < 1 || length > refusalDays)
      throw new ApiError(
        400,
        'invalid_parameter',
        `The parameter from is not accepted: ask for 1 to ${refusalDays} days.`,
      );
    const days = Array.from({ length }, (_, at) => daysAfter(first, at));
    const items = await mapWithLimit(days, async (date) => {
      const counts = await refusalsOn(connection, date);
      return { day: date, total: Object.values(counts).reduce((sum, n) => sum + n, 0), reasons: counts };
    });
    return { items };
  },
  columns: ['day', 'total', ...reasons.map((reason) => `reasons.${reason}`)],
});
