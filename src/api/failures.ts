import * as v from 'valibot';
import { isAddressBad } from '../events/classify';
import { dayOf } from '../events/key';
import { bucketAt } from '../statistics/bucket';
import { failuresOfDays } from '../statistics/buckets';
import { daysAfter, daysBetween } from '../statistics/days';
import { failureGroupOf } from '../statistics/failure-group';
import { foldFailures } from '../statistics/fold-failures';
import type { Tally } from '../statistics/tally';
import { TallyBuilder } from '../statistics/tally-builder';
import { tableRoutes } from './list';
import { ApiError } from './route';
import { day } from './span';

/** Days without a `from`, and most days of one answer. */
const defaultDays = 30;
const maxDays = 366;

/**
 * `GET /api/failures?from=&to=&domain=`: how many failures there were of which sending domain, at which provider, of
 * which class and code, the most frequent first.
 */
export const failures = tableRoutes({
  parameters: {
    from: v.optional(day),
    to: v.optional(day),
    domain: v.optional(v.pipe(v.string(), v.toLowerCase())),
  },
  read: async (connection, { from, to, domain = null }) => {
    const last = to ?? dayOf(new Date().toISOString());
    const first = from ?? daysAfter(last, 1 - defaultDays);
    const length = daysBetween(first, last);
    if (length < 1 || length > maxDays)
      throw new ApiError(
        400,
        'invalid_parameter',
        `The parameter from is not accepted: ask for 1 to ${maxDays} days.`,
      );
    const builder = new TallyBuilder();
    const ofDays = await failuresOfDays(connection, bucketAt('day', first).start, bucketAt('day', last).end);
    const isAsked = ({ dimension }: Tally) => domain === null || failureGroupOf(dimension)?.domain === domain;
    builder.addTallies(ofDays.filter(isAsked));
    const items = foldFailures(builder.tallies()).flatMap(({ dimension, counts }) => {
      const group = failureGroupOf(dimension);
      if (group === null) return [];
      const { failures: count = 0, hardBounces = 0 } = counts;
      const addressIsBad = isAddressBad(group.classification);
      return [{ ...group, failures: count, hardBounces, addressIsBad }];
    });
    return {
      from: first,
      to: last,
      domain,
      failures: items.reduce((sum, item) => sum + item.failures, 0),
      items: items.sort((a, b) => b.failures - a.failures),
    };
  },
  columns: ['domain', 'provider', 'classification', 'code', 'failures', 'hardBounces', 'addressIsBad'],
});
