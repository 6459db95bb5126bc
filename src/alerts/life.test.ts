import { describe, expect, it } from 'vitest';
import { type Alert, idOfAlert } from './alert';
import {
  acknowledged,
  applyStep,
  clearMs,
  maxRepeats,
  muted,
  nextStep,
  type Opening,
  repeatMs,
} from './life';
import { judge, type Reading } from './reading';

const thresholds = { warn: 0.001, critical: 0.003, minVolume: 1000, minCount: 5, windowHours: 24 };
const opening: Opening = { rule: 'complaints', scope: 'tag:a', opening: 1, thresholds, mutedUntil: null };
const start = Date.parse('2026-11-24T12:00:00.000Z');
const minute = 60_000;

/** A reading of 100,000 messages with a share of complaints. */
const reads = (value: number): Reading =>
  judge({ scope: 'tag:a', value, count: value * 100_000, volume: 100_000, details: [] }, thresholds);

/** Lets an alert take what it reads at some minutes after the start. */
function live(readings: ReadonlyArray<readonly [minutes: number, value: number]>, from: Alert | null = null) {
  let alert = from;
  for (const [minutes, value] of readings) {
    const now = start + minutes * minute;
    const next = nextStep(alert, reads(value), now);
    if (next === null) continue;
    const identity = { rule: opening.rule, scope: opening.scope, opening: opening.opening };
    alert = {
      ...applyStep(alert, opening, next, reads(value), now),
      ...identity,
      _id: idOfAlert(identity),
    };
  }
  return alert;
}

const told = (alert: Alert | null) =>
  (alert?.steps ?? []).flatMap(({ kind, level, noticeKey }) =>
    noticeKey === null ? [] : [`${kind} ${level}`],
  );

const day = repeatMs / minute;
const pause = clearMs / minute;

describe('the life of an alert', () => {
  it.each<[string, ReadonlyArray<readonly [number, number]>, string[]]>([
    ['nothing wrong', [[0, 0.0005]], []],
    [
      'opens once',
      [
        [0, 0.002],
        [1, 0.002],
        [2, 0.0021],
      ],
      ['opened warn'],
    ],
    ['opens critical at once', [[0, 0.004]], ['opened critical']],
    [
      'rises',
      [
        [0, 0.002],
        [1, 0.004],
        [2, 0.004],
      ],
      ['opened warn', 'rose critical'],
    ],
    [
      'never falls without being over',
      [
        [0, 0.004],
        [1, 0.002],
      ],
      ['opened critical'],
    ],
    [
      'is repeated after a day',
      [
        [0, 0.002],
        [day - 1, 0.002],
        [day, 0.002],
        [day + 1, 0.002],
      ],
      ['opened warn', 'repeated warn'],
    ],
    [
      'a rise counts as being told',
      [
        [0, 0.002],
        [60, 0.004],
        [day, 0.004],
      ],
      ['opened warn', 'rose critical'],
    ],
    [
      'is over when it was clear for a while',
      [
        [0, 0.002],
        [1, 0.0005],
        [1 + pause, 0.0005],
      ],
      ['opened warn', 'resolved warn'],
    ],
    [
      'is not over at once',
      [
        [0, 0.002],
        [1, 0.0005],
        [pause, 0.0005],
      ],
      ['opened warn'],
    ],
    [
      'on the edge nothing happens',
      [
        [0, 0.00101],
        [1, 0.00099],
        [20, 0.00099],
        [21, 0.00101],
        [40, 0.00081],
      ],
      ['opened warn'],
    ],
    [
      'clear for a moment is not clear',
      [
        [0, 0.002],
        [1, 0.0005],
        [5, 0.002],
        [6, 0.0005],
        [6 + pause - 1, 0.0005],
      ],
      ['opened warn'],
    ],
    [
      'what is over stays over',
      [
        [0, 0.002],
        [1, 0],
        [1 + pause, 0],
        [60, 0.004],
      ],
      ['opened warn', 'resolved warn'],
    ],
    [
      'a check that began earlier changes nothing',
      [
        [0, 0.002],
        [10, 0.004],
        [5, 0.002],
      ],
      ['opened warn', 'rose critical'],
    ],
  ])('%s', (_, readings, expected) => {
    expect(told(live(readings))).toEqual(expected);
  });

  it('is not repeated for ever', () => {
    const days = Array.from({ length: maxRepeats + 5 }, (_, at) => [at * day, 0.002] as const);
    expect(told(live(days))).toHaveLength(1 + maxRepeats);
  });

  it('every step has a key of its own, which follows from the alert', () => {
    const alert = live([
      [0, 0.002],
      [1, 0.004],
      [2, 0],
      [2 + pause, 0],
    ]);
    expect(alert?.steps.map(({ noticeKey }) => noticeKey)).toEqual([
      expect.stringMatching(/^alerts\/complaints-[0-9a-f]{16}-000001\/1-opened$/),
      expect.stringMatching(/\/2-rose$/),
      expect.stringMatching(/\/3-resolved$/),
    ]);
  });
});

function changed(alert: Alert | null, change: (alert: Alert) => object | null): Alert {
  if (alert === null) throw new Error('There is no alert.');
  return { ...alert, ...change(alert) };
}

describe('an acknowledged alert', () => {
  const alert = changed(live([[0, 0.002]]), (one) => acknowledged(one, 'Ann', start + minute));

  it('is not repeated', () => {
    expect(
      told(
        live(
          [
            [day, 0.002],
            [2 * day, 0.002],
          ],
          alert,
        ),
      ),
    ).toEqual(['opened warn']);
  });

  it('is told when it gets worse, and repeated again from then on', () => {
    expect(
      told(
        live(
          [
            [10, 0.004],
            [10 + day, 0.004],
          ],
          alert,
        ),
      ),
    ).toEqual(['opened warn', 'rose critical', 'repeated critical']);
  });

  it('keeps who did it', () => {
    expect(alert.steps.at(-1)).toMatchObject({ kind: 'acknowledged', by: 'Ann', noticeKey: null });
    expect(acknowledged(alert, 'Bob', start)).toBeNull();
  });
});

describe('a muted alert', () => {
  const until = new Date(start + 2 * day * minute).toISOString();
  const alert = changed(live([[0, 0.002]]), (one) => muted(one, until, 'Ann', start + minute));

  it('takes its steps, and nobody is told', () => {
    const later = live(
      [
        [10, 0.004],
        [20, 0],
        [20 + pause, 0],
      ],
      alert,
    );
    expect(later?.steps.map(({ kind }) => kind)).toEqual(['opened', 'muted', 'rose', 'resolved']);
    expect(told(later)).toEqual(['opened warn']);
  });

  it('is told again when its time is over', () => {
    expect(
      told(
        live(
          [
            [day, 0.002],
            [2 * day, 0.002],
          ],
          alert,
        ),
      ),
    ).toEqual(['opened warn', 'repeated warn']);
  });

  it('keeps the next one quiet too, and of what nobody was told of the end is not told', () => {
    const next = nextStep(null, reads(0.002), start);
    if (next === null) throw new Error('It should open.');
    const quiet = applyStep(null, { ...opening, mutedUntil: until }, next, reads(0.002), start);
    expect(quiet).toMatchObject({ state: 'open', isUnpublished: false, toldAt: null });
    const after = live(
      [
        [3 * day - 1, 0],
        [3 * day + pause, 0],
      ],
      {
        ...quiet,
        _id: 'complaints-0000000000000000-000002',
        rule: 'complaints',
        scope: 'tag:a',
        opening: 2,
      },
    );
    expect(told(after)).toEqual([]);
    expect(after?.state).toBe('resolved');
  });
});
