import fc from 'fast-check';
import { expect, it } from 'vitest';
import { failureDimension, failureGroupOf } from './failure-group';
import { foldFailures } from './fold-failures';

const at = '2026-11-24T12:00:00.000Z';
const tally = (dimension: string, failures: number) => ({
  dimension,
  counts: { failures },
  ever: {},
  firstEventAt: at,
  lastEventAt: at,
});
const failuresIn = (tallies: ReturnType<typeof foldFailures>) =>
  tallies.flatMap(({ dimension, counts }) => (failureGroupOf(dimension) ? [counts.failures ?? 0] : []));
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
const shown = (tallies: ReturnType<typeof foldFailures>) =>
  tallies.flatMap(({ dimension, counts }) => {
    const group = failureGroupOf(dimension);
    return group === null ? [] : [[group.domain, group.code, counts.failures]];
  });
const group = (domain: string | null, code: string | null, failures: number) =>
  tally(failureDimension({ domain, provider: 'Gmail', classification: 'hard_bounce', code }), failures);

it('groups within the limit stay as they are', () => {
  const few = [group('a.example', '5.1.1', 3), group('b.example', null, 1), tally('all', 4)];
  expect(foldFailures(few, 2)).toEqual(few);
});

it('the smallest groups lose their code, and all else stays', () => {
  const many = [
    group('a.example', '5.1.1', 9),
    group('a.example', '5.1.2', 1),
    group('a.example', '5.1.3', 2),
    tally('domain:a.example', 12),
  ];
  const folded = foldFailures(many, 2);
  expect(shown(folded)).toEqual([
    ['a.example', '*', 1],
    ['a.example', '5.1.1', 9],
    ['a.example', '5.1.3', 2],
  ]);
  expect(folded).toContainEqual(tally('domain:a.example', 12));
});

it('and their domain, when there are too many of those', () => {
  const many = Array.from({ length: 9 }, (_, n) => group(`${n}.example`, `5.1.${n}`, 10 - n));
  expect(shown(foldFailures(many, 2))).toEqual([
    ['*', '*', 52 - 17],
    ['0.example', '5.1.0', 10],
    ['1.example', '5.1.1', 9],
  ]);
});

it('no failure is lost, the groups are bounded, and order does not matter', () => {
  const someGroup = fc
    .record({
      domain: fc.constantFrom('a.example', 'b.example', 'c.example', null),
      provider: fc.constantFrom('Gmail', 'Other'),
      classification: fc.constantFrom('hard_bounce', 'temporary'),
      code: fc.option(fc.integer({ min: 100, max: 120 }).map(String)),
      failures: fc.integer({ min: 1, max: 5 }),
    })
    .map(({ failures, ...named }) => tally(failureDimension(named), failures));
  const some = fc.uniqueArray(someGroup, { selector: ({ dimension }) => dimension, maxLength: 60 });
  const shuffled = some.chain((groups) =>
    fc.tuple(fc.constant(groups), fc.shuffledSubarray(groups, { minLength: groups.length })),
  );
  fc.assert(
    fc.property(shuffled, fc.integer({ min: 1, max: 20 }), ([groups, other], limit) => {
      const folded = foldFailures(groups, limit);
      expect(sum(failuresIn(folded))).toBe(sum(failuresIn(groups)));
      // Twice the limit, or the limit and what two providers and two classes make.
      expect(folded.length).toBeLessThanOrEqual(Math.max(2 * limit, limit + 4));
      const inOrder = (tallies: ReturnType<typeof foldFailures>) =>
        [...tallies].sort((a, b) => (a.dimension < b.dimension ? -1 : 1));
      expect(inOrder(foldFailures(other, limit))).toEqual(inOrder(folded));
    }),
  );
});
