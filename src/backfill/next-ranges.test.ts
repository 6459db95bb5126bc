import { describe, expect, it } from 'vitest';
import { noCursor } from './cursors';
import type { Cursor } from './documents';
import { type Ahead, aheadOf, newestToRead, rangeOf, rangeOfAhead } from './next-ranges';

const domain = 'mg.example.com';
const now = 1_790_000_000;
const hour = 3600;
/** Half an hour for Mailgun's record, and an hour behind it. */
const lately = now - 1.5 * hour;
const oldest = { backfillDays: 1, backfillOrder: 'oldest' } as const;
const newest = { backfillDays: 1, backfillOrder: 'newest' } as const;
const page = { account: 0, api: 'logs', from: now - 20 * hour, token: 't' } as const;

function cursorOf({ ahead, ...fields }: Partial<Omit<Cursor, 'ahead'>> & { ahead?: Ahead }): Cursor {
  return { ...noCursor, ...fields, ahead: ahead === undefined ? null : JSON.stringify(ahead) };
}
const aheadFrom = (from: number, until = from, rest: Ahead['rest'] = null): Ahead => ({ from, until, rest });

describe('what is read next', () => {
  it.each<[string, Cursor, number, number]>([
    ['a domain that was never compared', cursorOf({}), now - 24 * hour, now],
    ['where the last run ended', cursorOf({ checkedUntil: now - hour }), now - hour, now],
    [
      'the gap, up to what is stored behind it',
      cursorOf({ checkedUntil: now - 20 * hour, ahead: aheadFrom(lately, now - hour) }),
      now - 20 * hour,
      lately,
    ],
    [
      'all of it, when the cursor has passed what was ahead',
      cursorOf({ checkedUntil: now - hour, ahead: aheadFrom(now - 9 * hour, now - 8 * hour) }),
      now - hour,
      now,
    ],
  ])('is %s', (_, cursor, begin, end) => {
    expect(rangeOf(cursor, domain, oldest, now)).toEqual({ domain, begin, end, page: null });
  });

  it('is what was begun, as long as nobody has passed it', () => {
    const rest = { domain, begin: now - 9 * hour, end: now - hour, page };
    const begun = { rest: JSON.stringify(rest), checkedUntil: rest.begin };
    expect(rangeOf(cursorOf(begun), domain, oldest, now)).toEqual(rest);
    expect(
      rangeOf(cursorOf({ ...begun, ahead: aheadFrom(now - 3 * hour, now - hour) }), domain, oldest, now),
    ).toEqual({
      ...rest,
      end: now - 3 * hour,
    });
    const overtaken = cursorOf({ ...begun, checkedUntil: rest.begin + 1 });
    expect(rangeOf(overtaken, domain, oldest, now)).toMatchObject({ begin: rest.begin + 1, page: null });
    const broken = { ...cursorOf({ checkedUntil: now - hour }), rest: '{', ahead: '[' };
    expect(rangeOf(broken, domain, oldest, now)).toMatchObject({ begin: now - hour, end: now });
  });
});

describe('what is read before a gap', () => {
  it.each<[string, Cursor, Ahead | null]>([
    ['nothing, as long as it keeps up', cursorOf({ checkedUntil: now - hour }), null],
    ['the last hour, when it is behind', cursorOf({ checkedUntil: now - 9 * hour }), aheadFrom(lately)],
    ['the last hour, the first time', cursorOf({}), aheadFrom(lately)],
    [
      'what was begun',
      cursorOf({ checkedUntil: now - 9 * hour, ahead: aheadFrom(now - 2 * hour, now - hour) }),
      aheadFrom(now - 2 * hour, now - hour),
    ],
    [
      'the last hour, when what was begun is behind, too',
      cursorOf({ checkedUntil: now - 9 * hour, ahead: aheadFrom(now - 8 * hour, now - 7 * hour) }),
      aheadFrom(lately),
    ],
  ])('is %s', (_, cursor, expected) => {
    expect(newestToRead(cursor, domain, newest, now)).toEqual(expected);
    expect(newestToRead(cursor, domain, oldest, now)).toBeNull();
  });

  it('goes on where it stopped', () => {
    const rest = { domain, begin: now - 2 * hour, end: now - hour, page };
    expect(rangeOfAhead(aheadFrom(lately, now - hour), domain, now)).toEqual({
      domain,
      begin: now - hour,
      end: now,
      page: null,
    });
    expect(rangeOfAhead(aheadFrom(lately, rest.begin, rest), domain, now)).toEqual(rest);
    expect(aheadOf(cursorOf({ checkedUntil: now, ahead: aheadFrom(lately, now - hour) }), domain)).toBeNull();
  });
});
