import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MailgunEvent } from '../events/event';
import { readJsonEvent } from '../events/json';
import { decidedAt, suppressionsBy } from './evidence';
import { addDecision, addEvidence, added, type Reasons } from './fold';
import { type Decision, idOf } from './suppression';

const nothing: Reasons = { suppressions: [], decisions: [] };

function read(fields: object): MailgunEvent {
  const event = readJsonEvent({ recipient: 'alice@example.com', ...fields }, 0);
  if (event === null) throw new Error('The generator makes events only');
  return event;
}

const failure = fc.record({
  severity: fc.constant('permanent'),
  reason: fc.constantFrom(
    'bounce',
    'generic',
    'suppress-bounce',
    'suppress-complaint',
    'suppress-unsubscribe',
  ),
  'delivery-status': fc.record({ 'enhanced-code': fc.constantFrom('5.1.1', '5.7.515', '5.2.2') }),
});

/** Events of one address, from two domains, close together so that many share a time with a decision. */
const someEvent = fc
  .record({
    event: fc.constantFrom('unsubscribed', 'complained', 'failed', 'delivered'),
    id: fc.uuid(),
    timestamp: fc.integer({ min: 1_700_000_000, max: 1_700_000_006 }),
    domain: fc.record({ name: fc.constantFrom('a.example.com', 'b.example.com') }),
    tags: fc.subarray(['news', 'offers', '*']),
    'mailing-list': fc.option(fc.constant({ address: 'dev@a.example.com' })),
    failure,
  })
  .map(({ failure: fields, ...rest }) => read({ ...rest, ...(rest.event === 'failed' ? fields : {}) }));

const someDecision: fc.Arbitrary<Decision> = fc.record({
  kind: fc.constantFrom('lift', 'add'),
  list: fc.constantFrom(null, 'bounce', 'unsubscribe', 'complaint', 'manual'),
  domain: fc.constantFrom(null, 'a.example.com', 'b.example.com'),
  scope: fc.constantFrom(null, '*', 'tag:news'),
  at: fc.integer({ min: 1_700_000_000, max: 1_700_000_006 }).map((at) => new Date(at * 1000).toISOString()),
  until: fc.constantFrom(null, '2030-01-01T00:00:00.000Z'),
  since: fc.constant(null),
  source: fc.constantFrom('person', 'import'),
  by: fc.constant('Bob'),
  why: fc.constant(null),
});

type Step = { event: MailgunEvent } | { decision: Decision };
const evidenceOf = (event: MailgunEvent) => suppressionsBy(event, 'webhook');

/** What the app does: an event is in the log before its effects, and a lift reads there what happened after it. */
function play(steps: readonly Step[]): Reasons {
  const log: MailgunEvent[] = [];
  return steps.reduce<Reasons>((state, step) => {
    if ('event' in step) {
      log.push(step.event);
      return addEvidence(state, evidenceOf(step.event));
    }
    const { decision } = step;
    const later = log.filter(({ occurredAt }) => occurredAt > decision.at).flatMap(evidenceOf);
    return addDecision(state, decision, later);
  }, nothing);
}

/** What the audit does. */
function rebuild(steps: readonly Step[]): Reasons {
  const { decisions } = play(steps.filter((step) => 'decision' in step));
  const events = steps.flatMap((step) => ('event' in step ? [step.event] : []));
  const start: Reasons = { suppressions: [], decisions };
  return addEvidence(addEvidence(start, added(decisions)), events.flatMap(evidenceOf));
}

const someSteps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: someEvent.map((event): Step => ({ event })) },
    { weight: 1, arbitrary: someDecision.map((decision): Step => ({ decision })) },
  ),
  { maxLength: 12 },
);

it('any order and any repetition of the same events and decisions end in the same records', () => {
  const campaign = someSteps.chain((steps) =>
    fc.record({
      steps: fc.constant(steps),
      shuffled: fc.shuffledSubarray([...steps, ...steps], { minLength: steps.length * 2 }),
    }),
  );
  fc.assert(
    fc.property(campaign, ({ steps, shuffled }) => {
      expect(play(shuffled)).toEqual(play(steps));
      expect(JSON.stringify(rebuild(shuffled))).toEqual(JSON.stringify(play(steps)));
    }),
    { numRuns: 1000 },
  );
});

it('a lift wins over everything that happened up to it, and over nothing that happened later', () => {
  fc.assert(
    fc.property(someSteps, (steps) => {
      const lift: Decision = {
        kind: 'lift',
        list: null,
        domain: null,
        scope: null,
        at: '2023-11-14T22:13:23.000Z',
        until: null,
        since: null,
        source: 'person',
        by: null,
        why: null,
      };
      const all = steps.filter((step) => 'event' in step || step.decision.kind === 'add');
      const { suppressions } = play([...all, { decision: lift }]);
      expect(suppressions.filter((one) => decidedAt(one) <= lift.at)).toEqual([]);
      const late = all.filter((step) =>
        'event' in step ? step.event.occurredAt > lift.at : step.decision.at > lift.at,
      );
      expect(suppressions.map(idOf)).toEqual(play(late).suppressions.map(idOf));
    }),
    { numRuns: 500 },
  );
});

const bounce = (id: string, timestamp: number, fields: object) =>
  read({ event: 'failed', severity: 'permanent', reason: 'bounce', id, timestamp, ...fields });

it('a block of the sender is doubtful until something speaks against the address itself', () => {
  const block = bounce('a', 1_700_000_000, { 'delivery-status': { message: '550 5.7.515 Access denied' } });
  const repeat = bounce('b', 1_700_000_100, { reason: 'suppress-bounce', 'delivery-status': { code: 605 } });
  const dead = bounce('c', 1_700_000_200, { 'delivery-status': { message: '550 5.1.1 No such user' } });
  const known = (events: readonly MailgunEvent[]) =>
    addEvidence(nothing, events.flatMap(evidenceOf)).suppressions;
  expect(known([repeat, block])).toMatchObject([{ doubtful: true, code: '5.7.515', refusedByMailgun: true }]);
  expect(known([repeat])).toMatchObject([{ doubtful: false }]);
  expect(known([dead, repeat, block])).toMatchObject([{ doubtful: false, code: '5.1.1' }]);
});

it('of refused mail with ever new tags a bounded number is kept', () => {
  const refused = Array.from({ length: 30 }, (_, n) =>
    bounce(`r${n}`, 1_700_000_000 + n, { reason: 'suppress-unsubscribe', tags: ['news', `week-${n}`] }),
  );
  const forward = addEvidence(nothing, refused.flatMap(evidenceOf));
  expect(forward.suppressions).toHaveLength(20);
  expect(addEvidence(nothing, [...refused].reverse().flatMap(evidenceOf))).toEqual(forward);
});
