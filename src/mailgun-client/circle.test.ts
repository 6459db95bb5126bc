import fc from 'fast-check';
import { expect, it } from 'vitest';
import { goOn, InCircle, type Walk } from './circle';

/** After how many pages a walk is told that it goes in a circle; null when it comes to its end. */
function seenAfter(pages: Iterable<unknown>): number | null {
  let [at, count]: [Walk | null, number] = [null, 0];
  for (const page of pages) {
    count += 1;
    try {
      at = goOn(at, page);
    } catch (error) {
      expect(error).toBeInstanceOf(InCircle);
      return count;
    }
  }
  return null;
}

function* circle(lead: number, length: number): Generator<unknown> {
  for (let page = 0; ; page += 1) yield page < lead ? `lead ${page}` : `round ${(page - lead) % length}`;
}

it('pages that are all different come to their end', () => {
  expect(seenAfter(Array.from({ length: 5000 }, (_, page) => ({ page })))).toBeNull();
});

it('a page that repeats the one before is seen at once', () => {
  for (const lead of [0, 1, 5, 100, 1000]) expect(seenAfter(circle(lead, 1))).toBe(lead + 2);
});

it('every circle is seen, after few rounds', () => {
  fc.assert(
    fc.property(fc.nat({ max: 500 }), fc.integer({ min: 1, max: 500 }), (lead, length) => {
      expect(seenAfter(circle(lead, length))).toBeLessThanOrEqual(2 * Math.max(lead, length) + length + 2);
    }),
  );
});
