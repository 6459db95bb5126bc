import * as v from 'valibot';
import { dayOf } from '../events/key';
import { readLease } from '../store/backfill';
import { campaignsAfter, findCampaign } from '../store/campaigns';
import { type Connection, collections } from '../store/connection';
import { lastReceivedAt } from '../store/last-received';
import { refusalsOn } from '../store/refusals';
import { allMail, type NamedKind, nameIn, subjectOf } from '../store/subject';
import { refusals } from '../webhook/outcome';
import { readHealth } from './health';
import { missedPerDay, readMissed } from './missed';
import { changeBetween, type DaySpan, daysWithin, numbersOf, spanBefore } from './numbers';
import { ApiError, routeWithQuery } from './route';
import { day } from './span';

/** Providers and domains that are read, and how many of them an answer holds. */
const mostRead = 200;
const mostShown = 50;

const parameters = v.strictObject({
  from: v.optional(day),
  to: v.optional(day),
  domain: v.optional(v.pipe(v.string(), v.toLowerCase())),
});

/** The numbers of every domain or provider, the largest first. */
async function breakdown(connection: Connection, kind: NamedKind, span: DaySpan) {
  const campaigns = await campaignsAfter(connection, collections.breakdowns, {
    after: subjectOf(kind, ''),
    before: subjectOf(kind, '\uffff'),
    limit: mostRead,
  });
  return campaigns
    .map((campaign) => ({ [kind]: nameIn(kind, campaign._id), ...numbersOf(campaign, span) }))
    .filter(({ totals }) => Object.values(totals).some((count) => count > 0))
    .sort((a, b) => b.totals.delivered - a.totals.delivered || b.totals.accepted - a.totals.accepted)
    .slice(0, mostShown);
}

/** `GET /api/summary?from=&to=&domain=`: all mail, or that of one domain, with what has changed. */
export const getSummary = routeWithQuery(parameters, async (connection, _, query) => {
  const { from = null, to = null, domain = null } = query;
  if (from !== null && to !== null && to < from)
    throw new ApiError(400, 'invalid_parameter', 'The parameter to is not accepted: it lies before from.');
  const today = dayOf(new Date().toISOString());
  const span = { from, to };
  const [campaign, providers, domains, health, lastReceived, refusedToday, lease, missed] = await Promise.all(
    [
      findCampaign(connection, domain === null ? allMail : subjectOf('domain', domain)),
      domain === null ? breakdown(connection, 'provider', span) : [],
      domain === null ? breakdown(connection, 'domain', span) : [],
      readHealth(),
      lastReceivedAt(connection),
      refusalsOn(connection, refusals, today),
      readLease(connection),
      readMissed(connection, domain),
    ],
  );
  const numbers = numbersOf(campaign, span);
  const earlier = from === null ? null : spanBefore(from, to ?? today);
  const before = earlier && { ...earlier, ...numbersOf(campaign, earlier) };
  return {
    from,
    to,
    domain,
    ...numbers,
    firstEventAt: campaign?.firstEventAt ?? null,
    lastEventAt: campaign?.lastEventAt ?? null,
    days: daysWithin(campaign, span),
    before,
    change: before && changeBetween(before, numbers),
    providers,
    domains,
    health: { ...health, lastReceivedAt: lastReceived, lastBackfillAt: lease.lastRunAt },
    refusedToday,
    missedByWebhook: missedPerDay(missed, span),
  };
});
