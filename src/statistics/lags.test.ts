import { expect, it } from 'vitest';
import type { LagName } from './lag-table';
import { addEventLags, addLags, histogramOf, noLags } from './lags';
import { recountTimeOf } from './recount-time';

const at = (seconds: number) =>
  new Date(Date.parse('2026-11-24T12:00:00.000Z') + seconds * 1000).toISOString();

/** An event of so many seconds of lag. */
const event = (
  arrivalSeconds: number,
  processingSeconds: number | null,
  source: 'webhook' | 'backfill' = 'webhook',
): Parameters<typeof addEventLags>[1] => ({
  source,
  occurredAt: at(0),
  receivedAt: at(arrivalSeconds),
  processedAt: processingSeconds === null ? null : at(arrivalSeconds + processingSeconds),
  state: processingSeconds === null ? null : 'done',
});

const lagsOf = (...events: Array<ReturnType<typeof event>>) => {
  const lags = noLags();
  for (const one of events) addEventLags(lags, one);
  return lags;
};

/** The bound of the first bin with anything in it. */
const firstBound = (lags: readonly number[], name: LagName) =>
  histogramOf(lags, name).buckets.find(({ count }) => count > 0)?.boundSeconds;

it.each([
  ['webhookArrival', event(0, null), 1],
  ['webhookArrival', event(1, null), 1],
  ['webhookArrival', event(1.001, null), 5],
  ['webhookArrival', event(100_000, null), Number.POSITIVE_INFINITY],
  // The sender's clock is ahead of ours.
  ['webhookArrival', event(-30, null), 1],
  ['backfillArrival', event(3601, null, 'backfill'), 7200],
  ['processing', event(5, 0.1), 0.1],
  ['processing', event(5, 3601), Number.POSITIVE_INFINITY],
] as const)('%s of %j lies in the bin up to %s', (name, one, bound) => {
  expect(firstBound(lagsOf(one), name)).toBe(bound);
});

it('an event is in no histogram that it has no lag for', () => {
  const pending = lagsOf(event(2, null));
  expect(histogramOf(pending, 'processing').count).toBe(0);
  expect(histogramOf(pending, 'backfillArrival').count).toBe(0);
  expect(histogramOf([], 'webhookArrival')).toMatchObject({ count: 0, sumSeconds: 0 });
  const dead = { ...event(2, 1), state: 'dead' as const };
  expect(histogramOf(lagsOf(dead), 'processing').count).toBe(0);
});

it('bins are cumulative, the last one has all, and the lags of two spans add up', () => {
  const lags = lagsOf(event(0.5, 0.2), event(3, 0.2));
  addLags(lags, lagsOf(event(3, 2), event(90_000, null)));
  const { buckets, count, sumSeconds } = histogramOf(lags, 'webhookArrival');
  expect(buckets.slice(0, 3)).toEqual([
    { boundSeconds: 1, count: 1 },
    { boundSeconds: 5, count: 3 },
    { boundSeconds: 15, count: 3 },
  ]);
  expect(buckets.at(-1)).toEqual({ boundSeconds: Number.POSITIVE_INFINITY, count: 4 });
  expect({ count, sumSeconds }).toEqual({ count: 4, sumSeconds: 90_006.5 });
  expect(histogramOf(lags, 'processing')).toMatchObject({ count: 3, sumSeconds: 2.4 });
});

it.each([
  [null, null],
  [at(0), at(2)],
  [at(-1), at(2)],
  [at(-600), at(600)],
  [at(-90_000), at(3600)],
])('with an event pending since %s a bucket is counted again at %s', (pendingSince, expected) => {
  expect(recountTimeOf(pendingSince, Date.parse(at(0)))).toBe(expected);
});
