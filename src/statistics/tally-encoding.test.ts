import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBucket } from './buckets';
import { storedCounters } from './counter-table';
import { countersOnce } from './counters';
import { encodeTallies } from './tally-encoding';

const start = '2026-11-24T10:00:00.000Z';
const count = fc.integer({ min: 1, max: 1_000_000 });
const time = fc
  .integer({ min: 0, max: 3_599_999 })
  .map((ms) => new Date(Date.parse(start) + ms).toISOString());

const someCounts = (counters: typeof storedCounters) =>
  fc.record(Object.fromEntries(counters.map((counter) => [counter, count])), { requiredKeys: [] });

const someTallies = fc.uniqueArray(
  fc.record({
    dimension: fc.oneof(fc.constantFrom('all', 'tag:__proto__', 'tag:$set', 'tag:x.y'), fc.string()),
    counts: someCounts(storedCounters),
    ever: someCounts(countersOnce),
    firstEventAt: time,
    lastEventAt: time,
  }),
  { selector: ({ dimension }) => dimension, maxLength: 8 },
);

it('a bucket gives back the tallies that were written into it, whatever the dimensions are called', () => {
  fc.assert(
    fc.property(someTallies, (tallies) => {
      const document = {
        _id: 'hour:2026-11-24T10',
        level: 'hour',
        start,
        ...encodeTallies(tallies, start),
      };
      const stored: unknown = JSON.parse(JSON.stringify(document));
      expect(parseBucket(stored).tallies).toEqual(tallies);
    }),
  );
});

it('a bucket that has no numbers for a dimension is refused, not read as zeros', () => {
  const document = {
    _id: 'hour:2026-11-24T10',
    level: 'hour',
    start,
    subjects: ['all', 'tag:a'],
    numbers: '5,5,1,1,,,2',
  };
  expect(() => parseBucket(document)).toThrow();
});
