import * as v from 'valibot';
import { readLease } from '../backfill/lease';
import { lastReceivedAt } from '../event-log/backlog';
import { dayOf } from '../events/key';
import { allMail, dimensionOf, nameOfDimension } from '../statistics/dimension';
import { breakdownsOf, findStatistics } from '../statistics/dimension-statistics';
import {
  changeBetween,
  type DaySpan,
  daysWithin,
  numbersOf,
  presentDays,
  spanBefore,
} from '../statistics/numbers';
import type { Connection } from '../store/connection';
import { refusalsOn } from '../webhook/refusals';
import { readHealth } from './health';
import { missedPerDay, readMissed } from './missed';
import { ApiError, routeWithQuery } from './route';
import { day } from './span';

/** Providers and domains that are read, and how many of them an answer holds. */
const maxRead = 200;
const maxShown = 50;

const parameters = v.strictObject({
  from: v.optional(day),
  to: v.optional(day),
  domain: v.optional(v.pipe(v.string(), v.toLowerCase())),
});

/** The numbers of every domain or provider, the largest first. */
async function breakdown(connection: Connection, kind: 'domain' | 'provider', span: DaySpan) {
  const all = await breakdownsOf(connection, kind, maxRead);
  return all
    .map((statistics) => ({ [kind]: nameOfDimension(kind, statistics._id), ...numbersOf(statistics, span) }))
    .filter(({ totals }) => Object.values(totals).some((count) => count > 0))
    .sort((a, b) => b.totals.delivered - a.totals.delivered || b.totals.accepted - a.totals.accepted)
    .slice(0, maxShown);
}

/** `GET /api/summary?from=&to=&domain=`: all mail, or that of one domain, with what has changed. */
export const getSummary = routeWithQuery(parameters, async (connection, _, query) => {
  const { from = null, to = null, domain = null } = query;
  if (from !== null && to !== null && to < from)
    throw new ApiError(400, 'invalid_parameter', 'The parameter to is not accepted: it lies before from.');
  const today = dayOf(new Date().toISOString());
  const span = { from, to };
  const [statistics, providers, domains, health, refusedToday, lease, missed] = await Promise.all([
    findStatistics(connection, domain === null ? allMail : dimensionOf('domain', domain)),
    domain === null ? breakdown(connection, 'provider', span) : [],
    domain === null ? breakdown(connection, 'domain', span) : [],
    readHealth(),
    refusalsOn(connection, today),
    readLease(connection),
    readMissed(connection, domain),
  ]);
  const lastReceived = await lastReceivedAt(connection, health);
  const numbers = numbersOf(statistics, span);
  const earlier = from === null ? null : spanBefore(from, to ?? today);
  const before = earlier && { ...earlier, ...numbersOf(statistics, earlier) };
  return {
    from,
    to,
    domain,
    ...numbers,
    firstEventAt: statistics?.firstEventAt ?? null,
    lastEventAt: statistics?.lastEventAt ?? null,
    days: presentDays(daysWithin(statistics, span)),
    before,
    change: before && changeBetween(before, numbers),
    providers,
    domains,
    health: { ...health, lastReceivedAt: lastReceived, lastBackfillAt: lease.lastRunAt },
    refusedToday,
    missedByWebhook: missedPerDay(missed, span),
  };
});
