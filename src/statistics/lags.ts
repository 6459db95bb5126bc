import type { CountedEvent } from './counted-event';
import { type LagName, lagTable } from './lag-table';

/**
 * How late the events of a span of time were: for each histogram of {@link lagTable} how many events lie in each of its
 * bins, and the sum of their lags in milliseconds. Empty where nothing was counted.
 */
export type Lags = readonly number[];

/** Where the numbers of a histogram begin, and which bins it has. */
interface Columns {
  start: number;
  boundsSeconds: readonly number[];
}

const columnsByName = new Map<LagName, Columns>();
let columns = 0;
for (const { name, boundsSeconds } of lagTable) {
  columnsByName.set(name, { start: columns, boundsSeconds });
  columns += boundsSeconds.length + 2;
}

function columnsOf(name: LagName): Columns {
  const found = columnsByName.get(name);
  if (found === undefined) throw new Error(`There is no histogram ${name}.`);
  return found;
}

/** No event, as {@link addLags} and {@link addEventLags} take it. */
export function noLags(): number[] {
  return Array.from({ length: columns }, () => 0);
}

function raise(lags: number[], index: number, by: number): void {
  lags[index] = (lags[index] ?? 0) + by;
}

/** @param fromIso and toIso ISO times; clocks differ, so that a lag below zero is none */
function addLag(lags: number[], name: LagName, fromIso: string, toIso: string): void {
  const { start, boundsSeconds } = columnsOf(name);
  const lagMs = Math.max(0, Date.parse(toIso) - Date.parse(fromIso));
  const within = boundsSeconds.findIndex((bound) => lagMs <= bound * 1000);
  raise(lags, start + (within < 0 ? boundsSeconds.length : within), 1);
  raise(lags, start + boundsSeconds.length + 1, lagMs);
}

type TimedEvent = Pick<CountedEvent, 'source' | 'occurredAt' | 'receivedAt' | 'processedAt' | 'state'>;

/** Adds how late one event was: how it came, and, once it has had its effects, how long these took. */
export function addEventLags(lags: number[], event: TimedEvent): void {
  const { source, occurredAt, receivedAt, processedAt, state } = event;
  addLag(lags, source === 'backfill' ? 'backfillArrival' : 'webhookArrival', occurredAt, receivedAt);
  if (state === 'done' && processedAt !== null) addLag(lags, 'processing', receivedAt, processedAt);
}

/** Adds the lags of another span of time. */
export function addLags(lags: number[], added: Lags): void {
  for (const [index, number] of added.entries()) raise(lags, index, number);
}

/** A histogram as Prometheus wants it. */
export interface Histogram {
  /** How many lie at or below a bound, the bounds rising; all lie below the last one, which is infinite. */
  buckets: ReadonlyArray<{ boundSeconds: number; count: number }>;
  count: number;
  sumSeconds: number;
}

export function histogramOf(lags: Lags, name: LagName): Histogram {
  const { start, boundsSeconds } = columnsOf(name);
  let count = 0;
  const buckets = [...boundsSeconds, Number.POSITIVE_INFINITY].map((boundSeconds, bin) => {
    count += lags[start + bin] ?? 0;
    return { boundSeconds, count };
  });
  return { buckets, count, sumSeconds: (lags[start + boundsSeconds.length + 1] ?? 0) / 1000 };
}
