import { readBacklog } from '../event-log/backlog';
import { missedByWebhook } from '../statistics/counters';
import { daysAfter } from '../statistics/days';
import { allMail, nameOfDimension } from '../statistics/dimension';
import {
  breakdownsOf,
  campaignsSince,
  type DimensionStatistics,
  findStatistics,
} from '../statistics/dimension-statistics';
import { type DaySpan, daysWithin, type Numbers, numbersOf } from '../statistics/numbers';
import type { Connection } from '../store/connection';
import { type CountedBlock, readBlocks } from '../subscribers/blocks';
import { type OpenAlert, readOpenAlerts } from './open-alerts';
import type { DigestPeriod } from './period';
import { type MailNumbers, mailNumbers, worstOf } from './trouble';

/** Days that a period is compared with: the ones just before it. */
const daysBefore = 7;

/** Campaigns that are looked at, those with the latest events; and the providers and domains. */
const maxCampaigns = 500;
const maxProviders = 50;
const maxDomains = 1000;
/** What is told of a list: the digest must stay below 40 lines. */
export const maxTold = { campaigns: 3, providers: 3, blocks: 2, alerts: 3 } as const;

/** Everything that a digest tells. */
export interface DigestNumbers extends Numbers {
  period: DigestPeriod;
  before: Numbers & { from: string; to: string };
  /** The worst campaigns, and the providers with trouble. */
  campaigns: readonly MailNumbers[];
  providers: readonly MailNumbers[];
  /** Doubtful suppressions since the period began: all of them, and the largest blocks. */
  doubtful: { addresses: number; blocks: readonly CountedBlock[] };
  /** Events that were given up, at most 1000. */
  dead: number;
  /** Events of the period that the back-fill has brought. */
  missed: number;
  alerts: { open: number; first: readonly OpenAlert[] };
}

function numbersIn(
  statistics: readonly DimensionStatistics[],
  span: DaySpan,
  name: (id: string) => string | null,
) {
  return statistics.flatMap((one) => {
    const own = name(one._id);
    return own === null ? [] : [mailNumbers(own, numbersOf(one, span).totals)];
  });
}

/** Reads what a digest tells of a period, from the statistics that are there. */
export async function readDigestNumbers(
  connection: Connection,
  period: DigestPeriod,
): Promise<DigestNumbers> {
  const span = { from: period.from, to: period.to };
  const earlier = { from: daysAfter(period.from, -daysBefore), to: daysAfter(period.from, -1) };
  const [all, campaigns, providers, brought, blocks, { dead }, alerts] = await Promise.all([
    findStatistics(connection, allMail),
    campaignsSince(connection, period.from, maxCampaigns),
    breakdownsOf(connection, 'provider', maxProviders),
    breakdownsOf(connection, 'backfill', maxDomains),
    readBlocks(connection, period.from),
    readBacklog(connection),
    readOpenAlerts(connection),
  ]);
  const missedOf = (one: DimensionStatistics) =>
    Object.values(daysWithin(one, span)).reduce((sum, counts) => sum + missedByWebhook(counts), 0);
  return {
    period,
    ...numbersOf(all, span),
    before: { ...earlier, ...numbersOf(all, earlier) },
    campaigns: worstOf(
      numbersIn(campaigns, span, (id) => nameOfDimension('tag', id)),
      maxTold.campaigns,
    ),
    providers: worstOf(
      numbersIn(providers, span, (id) => nameOfDimension('provider', id)),
      maxTold.providers,
    ),
    doubtful: {
      addresses: blocks.reduce((sum, { addresses }) => sum + addresses, 0),
      blocks: blocks.slice(0, maxTold.blocks),
    },
    dead,
    missed: brought.reduce((sum, one) => sum + missedOf(one), 0),
    alerts: { open: alerts.length, first: alerts.slice(0, maxTold.alerts) },
  };
}
