import fc from 'fast-check';
import { expect, it } from 'vitest';
import { daysAfter } from '../statistics/days';
import { type DigestSchedule, isDue, keyOf, periodOf } from './period';

const daily = (hour: number, timeZone: string): DigestSchedule => ({ kind: 'daily', hour, timeZone });

it.each([
  // At the hour, a minute before, and late in the day.
  ['2026-11-27T08:00:00Z', 8, 'UTC', '2026-11-26', '2026-11-27T08:00:00.000Z'],
  ['2026-11-27T07:59:59Z', 8, 'UTC', '2026-11-25', '2026-11-26T08:00:00.000Z'],
  ['2026-11-27T23:00:00Z', 8, 'UTC', '2026-11-26', '2026-11-27T08:00:00.000Z'],
  ['2026-11-27T00:00:00Z', 0, 'UTC', '2026-11-26', '2026-11-27T00:00:00.000Z'],
  // Behind UTC: the day is long over.
  ['2026-11-27T13:00:00Z', 8, 'America/New_York', '2026-11-26', '2026-11-27T13:00:00.000Z'],
  ['2026-11-27T12:59:00Z', 8, 'America/New_York', '2026-11-25', '2026-11-26T13:00:00.000Z'],
  ['2026-11-28T04:00:00Z', 23, 'America/New_York', '2026-11-26', '2026-11-28T04:00:00.000Z'],
  // Half an hour, and three quarters.
  ['2026-11-27T02:30:00Z', 8, 'Asia/Kolkata', '2026-11-26', '2026-11-27T02:30:00.000Z'],
  ['2026-11-27T02:29:59Z', 8, 'Asia/Kolkata', '2026-11-25', '2026-11-26T02:30:00.000Z'],
  ['2026-11-27T02:15:00Z', 8, 'Asia/Kathmandu', '2026-11-26', '2026-11-27T02:15:00.000Z'],
  ['2026-11-27T11:30:00Z', 8, 'America/St_Johns', '2026-11-26', '2026-11-27T11:30:00.000Z'],
  // So far ahead that at eight the UTC day of yesterday is not over.
  ['2026-11-26T23:00:00Z', 8, 'Asia/Tokyo', '2026-11-25', '2026-11-26T23:00:00.000Z'],
  ['2026-11-27T00:00:00Z', 9, 'Asia/Tokyo', '2026-11-26', '2026-11-27T00:00:00.000Z'],
  ['2026-11-26T19:00:00Z', 8, 'Pacific/Auckland', '2026-11-25', '2026-11-26T19:00:00.000Z'],
  // Oslo puts its clocks forward on 29 March 2026 at 01:00 UTC, and back on 25 October at 01:00 UTC.
  ['2026-03-28T07:00:00Z', 8, 'Europe/Oslo', '2026-03-27', '2026-03-28T07:00:00.000Z'],
  ['2026-03-29T06:00:00Z', 8, 'Europe/Oslo', '2026-03-28', '2026-03-29T06:00:00.000Z'],
  ['2026-10-24T06:00:00Z', 8, 'Europe/Oslo', '2026-10-23', '2026-10-24T06:00:00.000Z'],
  ['2026-10-25T07:00:00Z', 8, 'Europe/Oslo', '2026-10-24', '2026-10-25T07:00:00.000Z'],
  // The hour that is left out, and the one that comes twice.
  ['2026-03-29T01:00:00Z', 2, 'Europe/Oslo', '2026-03-28', '2026-03-29T01:00:00.000Z'],
  ['2026-10-25T00:00:00Z', 2, 'Europe/Oslo', '2026-10-24', '2026-10-25T00:00:00.000Z'],
  ['2026-10-25T01:30:00Z', 2, 'Europe/Oslo', '2026-10-24', '2026-10-25T00:00:00.000Z'],
  // New York, on 8 March and 1 November 2026 at 2 in the morning.
  ['2026-03-08T12:00:00Z', 8, 'America/New_York', '2026-03-07', '2026-03-08T12:00:00.000Z'],
  ['2026-11-01T13:00:00Z', 8, 'America/New_York', '2026-10-31', '2026-11-01T13:00:00.000Z'],
  // Lord Howe Island puts its clocks by half an hour.
  ['2026-07-01T21:30:00Z', 8, 'Australia/Lord_Howe', '2026-06-30', '2026-07-01T21:30:00.000Z'],
  ['2026-12-01T21:00:00Z', 8, 'Australia/Lord_Howe', '2026-11-30', '2026-12-01T21:00:00.000Z'],
])('at %s a digest for %s in %s is about %s and was due at %s', (now, hour, timeZone, day, dueAt) => {
  expect(periodOf(Date.parse(now), daily(hour, timeZone))).toEqual({
    kind: 'daily',
    from: day,
    to: day,
    dueAt,
  });
});

it.each([
  // 23 November 2026 is a Monday.
  ['2026-11-23T08:00:00Z', 8, 'UTC', '2026-11-16', '2026-11-22'],
  ['2026-11-23T07:59:00Z', 8, 'UTC', '2026-11-09', '2026-11-15'],
  ['2026-11-29T23:59:00Z', 8, 'UTC', '2026-11-16', '2026-11-22'],
  // In Kolkata it is Monday already while it is Sunday in UTC.
  ['2026-11-22T20:00:00Z', 1, 'Asia/Kolkata', '2026-11-15', '2026-11-21'],
  ['2026-11-22T19:29:00Z', 1, 'Asia/Kolkata', '2026-11-08', '2026-11-14'],
])('at %s a weekly digest for %s in %s is about %s to %s', (now, hour, timeZone, from, to) => {
  const schedule = { kind: 'weekly' as const, hour, timeZone };
  expect(periodOf(Date.parse(now), schedule)).toMatchObject({ kind: 'weekly', from, to });
});

it('is due for twelve hours', () => {
  const period = periodOf(Date.parse('2026-11-27T08:00:00Z'), daily(8, 'UTC'));
  const isDueAt = (time: string) => isDue(period, Date.parse(time));
  expect(isDueAt('2026-11-27T07:59:59Z')).toBe(false);
  expect(isDueAt('2026-11-27T08:00:00Z')).toBe(true);
  expect(isDueAt('2026-11-27T19:59:59Z')).toBe(true);
  expect(isDueAt('2026-11-27T20:00:00Z')).toBe(false);
  expect(keyOf(period)).toBe('digest:daily:2026-11-26');
});

it('in every zone, at every hour, every day of a year has its digest once, and only when it is over', () => {
  const zones = [
    'UTC',
    'Europe/London',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Auckland',
    'Pacific/Apia',
  ];
  const start = fc.integer({ min: 0, max: 360 }).map((day) => Date.UTC(2026, 0, 5) + day * 86_400_000);
  fc.assert(
    fc.property(start, fc.integer({ min: 0, max: 23 }), fc.constantFrom(...zones), (from, hour, timeZone) => {
      const told: string[] = [];
      for (let now = from; now < from + 4 * 86_400_000; now += 3_600_000) {
        const period = periodOf(now, daily(hour, timeZone));
        expect(Date.parse(period.to) + 86_400_000).toBeLessThanOrEqual(now);
        if (told.at(-1) !== period.to) told.push(period.to);
      }
      expect(told).toEqual(told.map((_, index) => daysAfter(told[0] ?? '', index)));
    }),
    { numRuns: 8 },
  );
});
