import { openAlerts } from '../alerts/alert';
import type { AlertLevel } from '../alerts/level';
import { readCursors } from '../backfill/cursors';
import { lastPendingCount } from '../event-log/back-pressure';
import { maxBacklogCount, readBacklog } from '../event-log/backlog';
import { countDeliveries } from '../notices/delivery-steps';
import { readDestinations } from '../notices/destinations';
import type { Counts } from '../statistics/counters';
import { allMail, nameOfDimension } from '../statistics/dimension';
import { type DimensionStatistics, findTotals, totalsOfKind } from '../statistics/dimension-statistics';
import type { Lags } from '../statistics/lags';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { type HeldCounts, readHeldCounts } from '../suppressions/held';
import type { Refusal } from '../webhook/outcome';
import { duplicatesInAll, refusalsInAll } from '../webhook/refusals';
import { labelledDomains, otherDomains } from './domain-labels';

/** Sending domains that are read: further ones are in no series by domain. */
const maxDomainsRead = 1000;
/** Classes of failures times providers are far fewer. */
const maxClassesRead = 1000;
/** Deliveries of a destination are counted up to here. */
const maxDeliveriesCounted = 1000;
/** Destinations that have series: further ones are in none. */
const maxDestinationsRead = 20;

/** Everything that a scrape tells, read at one moment. */
export interface Facts {
  /** Milliseconds since 1970. */
  now: number;
  refused: Readonly<Record<Refusal, number>>;
  duplicates: number;
  /** All mail. */
  counts: Counts;
  lags: Lags;
  lastEventAt: string | null;
  /** By domain, or {@link otherDomains}. */
  domains: ReadonlyMap<string, Counts>;
  failures: ReadonlyArray<{ provider: string; classification: string; failures: number }>;
  held: Pick<HeldCounts, 'added' | 'lifted'>;
  backlog: { pending: number; dead: number; oldestPending: string | null };
  /** Up to when each domain was compared with Mailgun's record, in seconds since 1970. */
  backfilledUntil: ReadonlyMap<string, number>;
  /** How many are open. */
  alerts: Readonly<Record<AlertLevel, number>>;
  destinations: ReadonlyArray<{ id: string; name: string; waiting: number; dead: number }>;
}

/** Adds up numbers under the same label. */
function sumBy(
  label: (domain: string) => string,
  domains: ReadonlyArray<{ domain: string; counts: DimensionStatistics }>,
  counters: readonly (keyof Counts)[],
): Map<string, Counts> {
  const sums = new Map<string, Counts>();
  for (const { domain, counts } of domains) {
    const sum = sums.get(label(domain)) ?? {};
    for (const counter of counters) sum[counter] = (sum[counter] ?? 0) + (counts[counter] ?? 0);
    sums.set(label(domain), sum);
  }
  return sums;
}

/** Counters that tell how many events of which type there were, by the type. */
export const typeCounters = {
  accepted: 'accepted',
  delivered: 'delivered',
  opened: 'opens',
  clicked: 'clicks',
  failed: 'failures',
  complained: 'complaints',
  unsubscribed: 'unsubscribes',
  rejected: 'rejected',
  stored: 'stored',
} as const satisfies Record<string, keyof Counts>;

async function readDomains(connection: Connection): Promise<Map<string, Counts>> {
  const found = await totalsOfKind(connection, 'domain', maxDomainsRead);
  const domains = found.flatMap((counts) => {
    const domain = nameOfDimension('domain', counts._id);
    return domain === null ? [] : [{ domain, counts }];
  });
  const labelled = await labelledDomains(
    connection,
    domains.map(({ domain }) => domain),
  );
  const label = (domain: string) => (labelled.has(domain) ? domain : otherDomains);
  return sumBy(label, domains, Object.values(typeCounters));
}

async function readFailures(connection: Connection): Promise<Facts['failures']> {
  const found = await totalsOfKind(connection, 'class', maxClassesRead);
  return found.flatMap(({ _id, failures = 0 }) => {
    const [provider, classification] = nameOfDimension('class', _id)?.split('/') ?? [];
    return provider === undefined || classification === undefined
      ? []
      : [{ provider, classification, failures }];
  });
}

/** How many events wait: as many as can be counted at once, beyond that what cron has counted last. */
async function readWaiting(connection: Connection): Promise<Facts['backlog']> {
  const [backlog, counted] = await Promise.all([readBacklog(connection), lastPendingCount(connection)]);
  const isMore = backlog.pending >= maxBacklogCount;
  return { ...backlog, pending: isMore ? Math.max(backlog.pending, counted) : backlog.pending };
}

async function readBackfill(connection: Connection): Promise<Map<string, number>> {
  const until = new Map<string, number>();
  for (const [domain, { checkedUntil, knownSince }] of await readCursors(connection)) {
    // One that was never compared is behind since it was to be.
    const since = checkedUntil ?? knownSince;
    if (since !== null) until.set(domain.replace(/^(us|eu):/, ''), since);
  }
  return until;
}

async function countOpenAlerts(connection: Connection): Promise<Facts['alerts']> {
  const open = await openAlerts(connection);
  const critical = open.filter(({ level }) => level === 'critical').length;
  return { warn: open.length - critical, critical };
}

async function readDeliveries(connection: Connection): Promise<Facts['destinations']> {
  const destinations = (await readDestinations(connection)).slice(0, maxDestinationsRead);
  return mapWithLimit(destinations, async ({ id, name }) => {
    const [waiting, dead] = await Promise.all([
      countDeliveries(connection, id, 'waiting', maxDeliveriesCounted),
      countDeliveries(connection, id, 'dead', maxDeliveriesCounted),
    ]);
    return { id, name, waiting, dead };
  });
}

/** Reads what a scrape tells, by as many reads whatever the number of events. */
export async function readFacts(connection: Connection): Promise<Facts> {
  const [refused, duplicates, all, domains, failures, held, backlog, backfilledUntil, alerts, destinations] =
    await Promise.all([
      refusalsInAll(connection),
      duplicatesInAll(connection),
      findTotals(connection, allMail),
      readDomains(connection),
      readFailures(connection),
      readHeldCounts(connection),
      readWaiting(connection),
      readBackfill(connection),
      countOpenAlerts(connection),
      readDeliveries(connection),
    ]);
  return {
    now: Date.now(),
    refused,
    duplicates,
    counts: all ?? {},
    lags: all?.lags ?? [],
    lastEventAt: all?.lastEventAt ?? null,
    domains,
    failures,
    held,
    backlog,
    backfilledUntil,
    alerts,
    destinations,
  };
}
