import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readJsonEvent } from '../events/json';
import { bucketAt } from './bucket';
import { TallyBuilder } from './tally-builder';
import { totalsOf } from './totals';

const someEvent = fc
  .record({
    event: fc.constantFrom('accepted', 'delivered', 'opened', 'clicked', 'failed', 'stored', 'something_new'),
    timestamp: fc.integer({ min: 1_700_000_000, max: 1_700_200_000 }),
    severity: fc.constantFrom('temporary', 'permanent', null),
    reason: fc.constantFrom('bounce', 'suppress-bounce', 'gremlins'),
    tags: fc.subarray(['a', '__proto__', '$set', 'x.y']),
    lags: fc.tuple(fc.nat(200_000), fc.nat(20_000)),
    state: fc.constantFrom('done' as const, 'dead' as const, null),
    first: fc.record({ all: fc.boolean(), domain: fc.boolean(), tags: fc.subarray(['a', '__proto__']) }),
  })
  .map(({ first, lags: [arrivalSeconds, processingMs], state, ...data }) => {
    const event = readJsonEvent(data, 0);
    if (event === null) throw new Error('The generator makes events only');
    const receivedAtMs = Date.parse(event.occurredAt) + arrivalSeconds * 1000;
    return {
      ...event,
      receivedAt: new Date(receivedAtMs).toISOString(),
      processedAt: state === 'done' ? new Date(receivedAtMs + processingMs).toISOString() : null,
      state,
      source: 'webhook' as const,
      messageTags: [],
      first,
      firstOfDay: first,
      firstOfMessage: first,
      firstOfMessageOnDay: first,
    };
  });

const talliesOf = (events: ReadonlyArray<Parameters<TallyBuilder['addEvent']>[0]>) => {
  const builder = new TallyBuilder();
  for (const event of events) builder.addEvent(event);
  return builder.tallies();
};

it('counting in parts and summing gives what counting at once gives, in any order', () => {
  const shuffled = fc
    .array(someEvent, { maxLength: 30 })
    .chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }), fc.nat(30)),
    );
  fc.assert(
    fc.property(shuffled, ([events, other, cut]) => {
      const builder = new TallyBuilder();
      builder.addTallies(talliesOf(other.slice(0, cut)));
      builder.addTallies(talliesOf(other.slice(cut)));
      expect(builder.tallies()).toEqual(talliesOf(events));
    }),
  );
});

it('a total is the sum of its days, whatever days were changed before', () => {
  const tally = (opens: number, uniqueOpens: number, at: string) => ({
    dimension: 'tag:a',
    counts: { opens, uniqueOpens: opens },
    ever: { uniqueOpens },
    firstEventAt: at,
    lastEventAt: at,
  });
  const one = totalsOf({ days: {}, dayDetails: {} }, [
    { day: '2026-01-02', tally: tally(3, 2, '2026-01-02T01:00:00.000Z') },
  ]);
  const two = totalsOf(one, [{ day: '2026-01-01', tally: tally(1, 0, '2026-01-01T01:00:00.000Z') }]);
  expect(two).toMatchObject({ opens: 4, uniqueOpens: 2, firstEventAt: '2026-01-01T01:00:00.000Z' });
  expect(Object.keys(two.days)).toEqual(['2026-01-01', '2026-01-02']);
  expect(totalsOf(two, [{ day: '2026-01-02', tally: null }])).toMatchObject({ opens: 1, uniqueOpens: 0 });
});

it('buckets lie within each other and end where the next begins', () => {
  const time = fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(time, (date) => {
      const [span, hour, day] = (['fiveSeconds', 'hour', 'day'] as const).map((level) =>
        bucketAt(level, date.toISOString()),
      );
      expect(span?.start && span.start <= date.toISOString() && date.toISOString() < span.end).toBe(true);
      expect(hour && span && hour.start <= span.start && span.end <= hour.end).toBe(true);
      expect(day && hour && day.start <= hour.start && hour.end <= day.end).toBe(true);
      expect(bucketAt('fiveSeconds', span?.end ?? '').start).toBe(span?.end);
    }),
  );
});
