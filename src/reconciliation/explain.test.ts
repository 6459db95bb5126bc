import { describe, expect, it } from 'vitest';
import type { StoredCounter } from '../statistics/counter-table';
import type { Counts } from '../statistics/counters';
import { differencesBetween } from './compared-counters';
import { explain, mergeCauses, type OwnEvents } from './explain';
import { judgeHour, needsRecord, roundedAway, withoutRounded } from './judge-hour';
import type { OnlyOurs } from './only-ours';

const nothing: OwnEvents = {
  logged: {},
  apart: { test: {}, routed: {}, callback: {} },
  received: {},
  legacy: {},
};
const own = (change: Partial<OwnEvents>): OwnEvents => ({ ...nothing, ...change });
const apart = (change: Partial<OwnEvents['apart']>) => own({ apart: { ...nothing.apart, ...change } });

type Told = Partial<Record<StoredCounter, [ours: number, mailgun: number]>>;

function differences(numbers: Told) {
  const side = (at: 0 | 1): Counts =>
    Object.fromEntries(Object.entries(numbers).map(([name, pair]) => [name, pair[at]]));
  return differencesBetween(side(0), side(1));
}

const tell = (causes: readonly { counter: string; reason: string; count: number }[]) =>
  causes.map(({ counter, reason, count }) => `${counter} ${reason} ${count}`);

describe('what our own events tell of a difference', () => {
  it.each<[string, Told, OwnEvents, string[], Record<string, number>]>([
    ['equal numbers', { opens: [7, 7] }, nothing, [], {}],
    ['firsts are never the same number', { uniqueOpens: [7, 9] }, nothing, ['uniqueOpens uniques 2'], {}],
    ['an open that only Mailgun counts', { opens: [7, 8] }, nothing, [], { opens: 1 }],
    ['an open that only we count', { opens: [8, 7] }, nothing, [], { opens: -1 }],
    ['test mode', { delivered: [7, 9] }, apart({ test: { delivered: 2 } }), ['delivered test 2'], {}],
    [
      'tests and routed copies together',
      { delivered: [7, 12] },
      apart({ test: { delivered: 2 }, routed: { delivered: 3 } }),
      ['delivered test 2', 'delivered routed 3'],
      {},
    ],
    [
      'not a part of the tests',
      { delivered: [7, 8] },
      apart({ test: { delivered: 2 } }),
      [],
      { delivered: 1 },
    ],
    [
      'a failed call of our own URL',
      { failures: [1, 2], permanentFailures: [1, 2] },
      apart({ callback: { failures: 1, permanentFailures: 1 } }),
      ['failures callback 1', 'permanentFailures callback 1'],
      {},
    ],
    [
      'events that are not counted yet',
      { opens: [7, 9] },
      own({ logged: { opens: 8 } }),
      ['opens unfinished 1'],
      { opens: 1 },
    ],
    [
      'an event of another time',
      { opens: [8, 7] },
      own({ received: { opens: 1 } }),
      ['opens receipt -1'],
      {},
    ],
    [
      'the same failures under other names',
      { failures: [3, 3], hardBounces: [2, 1], softBounces: [1, 2] },
      nothing,
      ['hardBounces classed -1', 'softBounces classed 1'],
      {},
    ],
    [
      'attempts that legacy webhooks do not tell',
      { delivered: [3, 3], deliveredFirstAttempt: [1, 3] },
      own({ legacy: { delivered: 2 } }),
      ['deliveredFirstAttempt legacy 2'],
      {},
    ],
    [
      'a part of a number that differs as a whole stays open',
      { failures: [3, 4], hardBounces: [2, 3] },
      nothing,
      [],
      { failures: 1, hardBounces: 1 },
    ],
  ])('%s', (_, numbers, events, causes, rest) => {
    const explained = explain(differences(numbers), events);
    expect(tell(explained.causes)).toEqual(causes);
    expect(Object.fromEntries(explained.rest)).toEqual(rest);
  });

  it.each<[string, number[], number[]]>([
    ['an event that the other side counts an hour later', [0, -1, 1, 0], [0, -1, 1, 0]],
    ['of more, those that match', [-3, 1, 0, 0], [-1, 1, 0, 0]],
    ['each only once', [-1, 1, -1, 0], [-1, 1, 0, 0]],
    ['from either side', [-1, 2, -1, 0], [-1, 2, -1, 0]],
    ['not over an hour between', [-1, 0, 1, 0], [0, 0, 0, 0]],
  ])('rounding: %s', (_, counts, expected) => {
    const byHour = counts.map((count) => differences({ opens: [10, 10 + count], clicks: [1, 2] }));
    const rounded = roundedAway(byHour);
    expect(rounded.map((one) => one.get('opens') ?? 0)).toEqual(expected);
    expect(rounded.map((one) => one.get('clicks'))).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('takes rounding out of what is left', () => {
    const rest = new Map<StoredCounter, number>([['opens', 2]]);
    const explained = withoutRounded(
      { causes: [], rest },
      new Map<StoredCounter, number>([
        ['opens', 1],
        ['clicks', 1],
      ]),
    );
    expect(tell(explained.causes)).toEqual(['opens rounding 1']);
    expect(Object.fromEntries(explained.rest)).toEqual({ opens: 1 });
  });

  it('adds up equal causes, and leaves out what cancels', () => {
    const cause = (counter: StoredCounter, count: number) => ({ counter, reason: 'classed' as const, count });
    expect(
      mergeCauses([cause('opens', 1), cause('clicks', 1), cause('opens', 2), cause('clicks', -1)]),
    ).toEqual([cause('opens', 3)]);
  });
});

describe('what is said of the rest', () => {
  const found = (counts: Counts, listed = 10): OnlyOurs => ({ slice: 1, listed, counts, examples: [] });

  it.each<[string, number, OnlyOurs | null, string[]]>([
    ['Mailgun counts what it does not list', 14, null, ['opens notInRecord 14']],
    ['only we have it', -2, found({ opens: 2 }), ['opens onlyOurs -2']],
    ['Mailgun lists what it does not count', -2, found({}), ['opens notInCounts -2']],
    ['both', -3, found({ opens: 1 }), ['opens onlyOurs -1', 'opens notInCounts -2']],
    ['more is missing in the record than we have too many', -1, found({ opens: 5 }), ['opens onlyOurs -1']],
    ['the record is gone', -2, found({ opens: 9 }, 0), ['opens recordGone -2']],
  ])('%s', (_, count, onlyOurs, causes) => {
    const explained = { causes: [], rest: new Map<StoredCounter, number>([['opens', count]]) };
    expect(tell(judgeHour(explained, onlyOurs))).toEqual(causes);
    expect(needsRecord(explained)).toBe(count < 0);
  });
});
