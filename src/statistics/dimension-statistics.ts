import * as v from 'valibot';
import { Collection } from '../store/collection';
import { newRevision } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { storedCounters } from './counter-table';
import { allMail, type DimensionKind, dimensionOf, nameOfDimension } from './dimension';
import type { Rates } from './rates';

const counts = v.object(v.entriesFromList(storedCounters, v.optional(v.number())));

const trendDay = v.object({
  day: v.string(),
  delivered: v.number(),
  uniqueOpens: v.number(),
  uniqueClicks: v.number(),
});

const dimensionStatistics = v.object({
  _id: v.string(),
  tag: v.optional(v.nullable(v.string()), null),
  firstEventAt: v.optional(v.nullable(v.string()), null),
  lastEventAt: v.optional(v.nullable(v.string()), null),
  ...counts.entries,
  /** How late its events were: of all mail only, else empty. */
  lags: v.optional(v.array(v.number()), []),
  /** Its last days with events, for a small chart. */
  trend: v.optional(v.array(trendDay), []),
  days: v.optional(v.record(v.string(), counts), {}),
  /** Per day what its counters do not show: firsts that were the first ever, its first and last event, and lags. */
  dayDetails: v.optional(
    v.record(
      v.string(),
      v.object({
        ever: counts,
        firstEventAt: v.string(),
        lastEventAt: v.string(),
        lags: v.optional(v.array(v.number())),
      }),
    ),
    {},
  ),
  dirty: v.optional(v.nullable(v.string()), null),
  dirtyDays: v.optional(v.array(v.string()), []),
});

/** The numbers of one dimension: in total, per day, and what lists are sorted by. */
export type DimensionStatistics = v.InferOutput<typeof dimensionStatistics>;

/** What only serves lists: a name to search and rates to sort by, zero where there is nothing to divide by. */
export interface SortKeys {
  name: string;
  order: Rates;
}

/** Parses a document of the statistics. @throws ValiError when it is not one */
export function parseStatistics(document: unknown): DimensionStatistics {
  return v.parse(dimensionStatistics, document);
}

type StatisticsDocument = DimensionStatistics & SortKeys;
export type StatisticsCollection = Collection<StatisticsDocument, DimensionStatistics>;

/** Fields and rates that lists of campaigns are sorted by, each with an index. */
const sortPaths = [
  'name',
  'lastEventAt',
  'firstEventAt',
  'accepted',
  'delivered',
  'uniqueOpens',
  'uniqueClicks',
  'permanentFailures',
  'complaints',
  'unsubscribes',
  'order.delivery',
  'order.bounce',
  'order.open',
  'order.click',
  'order.uniqueOpen',
  'order.uniqueClick',
] as const;

/** Tags and all mail. */
export const campaigns: StatisticsCollection = new Collection('campaign_stats', parseStatistics, [
  ...sortPaths.map((path) => [path, '_id'] as const),
  ['dirty'],
]);

/** All other dimensions. */
export const breakdowns: StatisticsCollection = new Collection('breakdown_stats', parseStatistics, [
  ['dirty'],
]);

/** The collections that hold numbers of dimensions. */
export const statisticsCollections = [campaigns, breakdowns] as const;

function collectionOf(dimension: string): StatisticsCollection {
  return dimension === allMail || nameOfDimension('tag', dimension) !== null ? campaigns : breakdowns;
}

/** Marks the numbers of a dimension as behind for a UTC day. */
export async function markStatistics(connection: Connection, dimension: string, day: string): Promise<void> {
  await collectionOf(dimension).upsert(connection, dimension, {
    $set: { tag: nameOfDimension('tag', dimension), dirty: newRevision() },
    $addToSet: { dirtyDays: day },
  });
}

export function findStatistics(
  connection: Connection,
  dimension: string,
): Promise<DimensionStatistics | null> {
  return collectionOf(dimension).find(connection, dimension);
}

/** Documents of a collection that are marked, at most `limit`. */
export function dirtyStatistics(
  connection: Connection,
  collection: StatisticsCollection,
  limit: number,
): Promise<DimensionStatistics[]> {
  return collection.list(connection, { dirty: { $gt: '' } }, { limit });
}

/** Writes the numbers of a dimension and takes its mark away, unless it was marked again since it was read. */
export async function writeStatistics(
  connection: Connection,
  { _id, dirty }: DimensionStatistics,
  fields: Omit<DimensionStatistics, '_id' | 'tag' | 'dirty' | 'dirtyDays'> & SortKeys,
): Promise<void> {
  await collectionOf(_id).updateIfMatches(
    connection,
    { _id, dirty },
    { $set: { ...fields, dirty: null, dirtyDays: [] } },
  );
}

/** Days and their details are most of a document, and what asks for totals only does without them. */
const withoutDays = ['days', 'dayDetails', 'trend'] as const;

/** The totals of a dimension without its days, null when nothing was counted for it. */
export async function findTotals(
  connection: Connection,
  dimension: string,
): Promise<DimensionStatistics | null> {
  const query = { _id: dimension };
  const [found] = await collectionOf(dimension).list(connection, query, { without: withoutDays, limit: 1 });
  return found ?? null;
}

/** The next documents of a collection in the order of their ids. */
export function statisticsAfter(
  connection: Connection,
  collection: StatisticsCollection,
  { after, limit }: { after: string; limit: number },
): Promise<DimensionStatistics[]> {
  return collection.list(connection, { _id: { $gt: after } }, { sort: { _id: 1 }, limit });
}

/** Campaigns with an event since a day, the latest first, at most `limit`. */
export function campaignsSince(
  connection: Connection,
  day: string,
  limit: number,
): Promise<DimensionStatistics[]> {
  const query = { _id: { $ne: allMail }, lastEventAt: { $gte: day } };
  return campaigns.list(connection, query, {
    sort: { lastEventAt: -1 },
    limit,
    without: ['dayDetails', 'trend'],
  });
}

/** Kinds of dimensions that have a collection of their own. */
type BrokenDown = Exclude<DimensionKind, 'tag'>;

/** The numbers of the dimensions of a kind, at most `limit`. */
export function breakdownsOf(
  connection: Connection,
  kind: BrokenDown,
  limit: number,
): Promise<DimensionStatistics[]> {
  const query = { _id: { $startsWith: dimensionOf(kind, '') } };
  return breakdowns.list(connection, query, { sort: { _id: 1 }, limit });
}

/** As {@link breakdownsOf}, but totals only. */
export function totalsOfKind(
  connection: Connection,
  kind: BrokenDown,
  limit: number,
): Promise<DimensionStatistics[]> {
  const query = { _id: { $startsWith: dimensionOf(kind, '') } };
  return breakdowns.list(connection, query, { sort: { _id: 1 }, limit, without: withoutDays });
}
