import { describe, expect, it } from 'vitest';
import { noCursor } from '../backfill/cursors';
import { newPlace } from '../list-comparison/places';
import { newDay, type ReconciledDay } from '../reconciliation/day-document';
import type { Facts } from './facts';
import { operationMeasures } from './operation';
import { judge } from './reading';
import { refusedSince } from './refused-signatures';
import { type Rule, ruleTable } from './rules';
import { usualAt } from './usual';
import type { WindowCounts } from './window';

const now = Date.parse('2026-11-24T12:30:00.000Z');
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const hourWith = (delivered: number): WindowCounts => new Map([['all', { delivered }]]);
const everyDay = (delivered: number) => Array.from({ length: 7 }, () => hourWith(delivered));

const allWell: Facts = {
  backlog: { pending: 0, dead: 0, oldestPending: null },
  lastReceivedAt: ago(1),
  refusedSignatures: 0,
  backfill: null,
  places: [],
  hits: [],
  numbers: null,
  lastHourBefore: everyDay(100),
  thisHourBefore: everyDay(100),
};
const cursor = (minutes: number | null, lastError: string | null = null) => ({
  ...noCursor,
  checkedUntil: minutes === null ? null : now / 1000 - minutes * 60,
  lastError,
});
const compared = (comparisons: number, added: number) => ({
  ...newPlace('a.example', 'bounce'),
  comparisons,
  added,
  finishedAt: ago(60),
});
const backfill = (name: string, one: ReturnType<typeof cursor>, lastError: string | null = null) => ({
  backfill: { lastError, unread: null, cursors: new Map([[name, one]]) },
});

const numbers = (change: Partial<ReconciledDay>) => ({
  lastError: null,
  days: [{ ...newDay('a.example', '2026-11-23'), ...change }],
  hasDays: true,
});

/** What fires, as `level rule scope`. */
function firing(change: Partial<Facts>): string[] {
  const rules: readonly Rule[] = ruleTable;
  return Object.entries(operationMeasures).flatMap(([name, measure]) => {
    const rule = rules.find((one) => one.name === name);
    if (rule === undefined) throw new Error(`There is no rule ${name}.`);
    return measure({ ...allWell, ...change }, now).flatMap((measured) => {
      const { level, scope } = judge(measured, rule.thresholds);
      return level === null ? [] : [`${level} ${name} ${scope}`];
    });
  });
}

describe('what the state of the app fires', () => {
  it.each<[string, Partial<Facts>, string[]]>([
    ['all is well', {}, []],
    ['nothing ever came', { lastReceivedAt: null }, []],
    ['silence at a busy hour', { lastReceivedAt: ago(16) }, ['warn no-events all']],
    ['silence of an hour', { lastReceivedAt: ago(61) }, ['critical no-events all']],
    ['silence at a quiet hour', { lastReceivedAt: ago(29), thisHourBefore: everyDay(30) }, []],
    [
      'silence on a day off',
      { lastReceivedAt: ago(300), thisHourBefore: everyDay(0), lastHourBefore: everyDay(1) },
      [],
    ],
    ['one dead letter', { backlog: { ...allWell.backlog, dead: 1 } }, ['warn dead-letters all']],
    ['many dead letters', { backlog: { ...allWell.backlog, dead: 100 } }, ['critical dead-letters all']],
    [
      'an event that waits',
      { backlog: { pending: 1, dead: 0, oldestPending: ago(20) } },
      ['warn pending-too-long all'],
    ],
    ['wrong signatures', { refusedSignatures: 20 }, ['warn refused-signatures all']],
    ['many wrong signatures', { refusedSignatures: 200 }, ['critical refused-signatures all']],
    ['a back-fill that keeps up', backfill('a.example', cursor(40)), []],
    [
      'a domain that was never compared since it was to be',
      backfill('a.example', { ...cursor(null), knownSince: now / 1000 - 200 * 60 }),
      ['warn backfill-behind domain:a.example'],
    ],
    ['a back-fill behind', backfill('a.example', cursor(200)), ['warn backfill-behind domain:a.example']],
    ['a refusal that passes', backfill('a.example', cursor(60, 'Mailgun answered 401.')), []],
    [
      'a refusal that stays',
      backfill('a.example', cursor(100, 'Mailgun answered 401.')),
      ['warn backfill-refused domain:a.example'],
    ],
    [
      'never compared',
      backfill('a.example', cursor(null, 'Mailgun answered 401.')),
      ['warn backfill-refused domain:a.example'],
    ],
    [
      'no domain can be asked for',
      { backfill: { lastError: 'Mailgun answered 401.', unread: null, cursors: new Map() } },
      ['warn backfill-refused all'],
    ],
    [
      'one account of several cannot be asked for its domains',
      {
        backfill: {
          lastError: null,
          unread: 'Mailgun answered 401.',
          cursors: new Map([['a.example', cursor(40)]]),
        },
      },
      ['warn backfill-refused all'],
    ],
    ['the first import of a list', { places: [compared(1, 5000)] }, []],
    ['a night with many differences', { places: [compared(2, 50)] }, ['warn lists-differ domain:a.example']],
    ['numbers that are equal', { numbers: numbers({}) }, []],
    [
      'numbers that differ for known reasons',
      { numbers: numbers({ causes: [{ counter: 'opens', reason: 'test', count: 3 }] }) },
      [],
    ],
    [
      'numbers that differ',
      { numbers: numbers({ causes: [{ counter: 'opens', reason: 'notInRecord', count: 3 }] }) },
      ['warn numbers-differ domain:a.example'],
    ],
    [
      'numbers that differ by much',
      { numbers: numbers({ causes: [{ counter: 'opens', reason: 'onlyOurs', count: -1000 }] }) },
      ['critical numbers-differ domain:a.example'],
    ],
    ['a comparison that failed this night', { numbers: numbers({ openSince: ago(600) }) }, []],
    [
      'a comparison that has failed for days',
      { numbers: numbers({ openSince: ago(3 * 1440), lastError: 'Mailgun answered 402.' }) },
      ['warn numbers-differ domain:a.example'],
    ],
    [
      'no comparison was begun for days',
      { numbers: { lastError: 'Mailgun answered 401.', days: [], hasDays: true } },
      ['warn numbers-differ all'],
    ],
    [
      'the very first comparison fails',
      { numbers: { lastError: 'Mailgun answered 500.', days: [], hasDays: false } },
      [],
    ],
    [
      'a threshold at Mailgun',
      { hits: [{ name: 'too-many', detail: 'domain a.example' }] },
      ['warn mailgun-threshold threshold:too-many'],
    ],
  ])('%s', (_, change, expected) => {
    expect(firing(change)).toEqual(expected);
  });
});

describe('what is usual at an hour', () => {
  const delivered = (window: WindowCounts) => window.get('all')?.delivered ?? 0;
  const days = (...numbers: Array<number | null>) =>
    numbers.map((number) => (number === null ? null : hourWith(number)));

  it.each<[string, Array<number | null>, number]>([
    ['the median of the days', [90, 100, 110, 120, 95, 105, 100], 100],
    ['no more than a week ago: Sundays are quiet', [100, 100, 100, 100, 100, 100, 0], 0],
    ['one day without mail changes nothing', [0, 100, 100, 100, 100, 100, 100], 100],
    ['a young space knows little', [100, 100, null, null, null, null, null], 0],
    ['three days are enough', [100, 90, 110, null, null, null, null], 100],
  ])('%s', (_, numbers, expected) => {
    expect(usualAt(days(...numbers), delivered)).toBe(expected);
  });
});

describe('refusals of the last hour', () => {
  const sample = (minutes: number, count: number, day = '2026-11-24') => ({
    at: now - minutes * 60_000,
    day,
    count,
  });
  const counts = { today: '2026-11-24', ofToday: 50, ofYesterday: 400 };

  it.each([
    ['nothing to compare with', [], null],
    ['since the youngest sample that is an hour old', [sample(120, 1), sample(60, 10), sample(5, 45)], 40],
    ['since the oldest one, while none is so old', [sample(20, 30), sample(5, 45)], 20],
    ['over midnight', [sample(60, 380, '2026-11-23')], 70],
    ['counters that were lost', [sample(60, 100)], 0],
  ])('%s', (_, samples, expected) => {
    expect(refusedSince(samples, now, counts)).toBe(expected);
  });
});
