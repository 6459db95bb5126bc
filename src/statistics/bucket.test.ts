import { expect, it } from 'vitest';
import { bucketAt, childLevel, levels, parentLevel, smallestBucketAt } from './bucket';

const time = '2026-11-24T23:59:58.999Z';

it.each([
  ['fiveSeconds', 'fiveSeconds:2026-11-24T23:59:55', '2026-11-24T23:59:55.000Z', '2026-11-25T00:00:00.000Z'],
  ['fiveMinutes', 'fiveMinutes:2026-11-24T23:55', '2026-11-24T23:55:00.000Z', '2026-11-25T00:00:00.000Z'],
  ['hour', 'hour:2026-11-24T23', '2026-11-24T23:00:00.000Z', '2026-11-25T00:00:00.000Z'],
  ['day', 'day:2026-11-24', '2026-11-24T00:00:00.000Z', '2026-11-25T00:00:00.000Z'],
] as const)('the %s of a time', (level, id, start, end) => {
  expect(bucketAt(level, time)).toEqual({ id, level, start, end });
  // Its start belongs to it, its end to the next one.
  expect(bucketAt(level, start).id).toBe(id);
  expect(bucketAt(level, end).id).not.toBe(id);
});

it('the last second that can be lies before the end of its buckets', () => {
  for (const level of levels) {
    const { start, end } = bucketAt(level, '9999-12-31T23:59:59.000Z');
    expect(start < '9999-12-31T23:59:59.000Z' && '9999-12-31T23:59:59.000Z' < end).toBe(true);
  }
});

it('a time before 1970 has buckets too', () => {
  expect(smallestBucketAt('1969-12-31T23:59:59.000Z').start).toBe('1969-12-31T23:59:55.000Z');
});

it('levels lead up from the smallest to the day and back', () => {
  expect(levels.map(parentLevel)).toEqual(['fiveMinutes', 'hour', 'day', null]);
  expect(levels.map(childLevel)).toEqual([null, 'fiveSeconds', 'fiveMinutes', 'hour']);
});
