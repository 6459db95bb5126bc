import * as v from 'valibot';
import { dayOf } from '../events/key';
import { inParallel } from '../store/in-parallel';
import { refusalDays, refusalsOn } from '../store/refusals';
import { refusals as reasons } from '../webhook/outcome';
import { tableRoutes } from './list';
import { ApiError } from './route';
import { day, daysAfter, daysBetween } from './span';

/** Days without a `from`. */
const usualDays = 14;

/** `GET /api/refusals?from=&to=`: how many requests were refused per day, by reason. */
export const refusals = tableRoutes({
  parameters: { from: v.optional(day), to: v.optional(day) },
  read: async (connection, { from, to }) => {
    const last = to ?? dayOf(new Date().toISOString());
    const first = from ?? daysAfter(last, 1 - usualDays);
    const length = daysBetween(first, last);
    if (length < 1 || length > refusalDays)
      throw new ApiError(
        400,
        'invalid_parameter',
        `The parameter from is not accepted: ask for 1 to ${refusalDays} days.`,
      );
    const days = Array.from({ length }, (_, at) => daysAfter(first, at));
    const items = await inParallel(days, async (date) => {
      const counts = await refusalsOn(connection, reasons, date);
      return { day: date, total: Object.values(counts).reduce((sum, n) => sum + n, 0), reasons: counts };
    });
    return { items };
  },
  columns: ['day', 'total', ...reasons.map((reason) => `reasons.${reason}`)],
});
