import { describe, expect, it } from 'vitest';
import type { SimulatedEvent } from '../../tools/simulate/plan/event';
import { expectedOf } from '../../tools/simulate/plan/model';

const noon = Date.parse('2026-11-24T12:00:00Z') / 1000;

function event(members: Partial<SimulatedEvent> & Pick<SimulatedEvent, 'kind'>): SimulatedEvent {
  return {
    id: 'an-id',
    domain: 'mg.sender.example',
    at: noon,
    recipient: 'ann@company.example',
    provider: 'Other',
    tags: ['a'],
    messageId: 'm@mg.sender.example',
    encoding: 'json',
    flags: {},
    shape: 0,
    ...members,
  };
}

/** What one delivered message counts for. */
const delivered = { delivered: 1, deliveredSmtp: 1, deliveredFirstAttempt: 1, deliveredToReporting: 1 };

const hardBounce = { severity: 'permanent', reason: 'bounce', code: 550, bounceType: 'hard' } as const;

function counted(counters: object | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(counters ?? {}).filter(([, count]) => count !== 0));
}

function statusAfter(...events: SimulatedEvent[]): unknown {
  return expectedOf(events).subscribers.get('ann@company.example')?.status;
}

describe('the expected statistics', () => {
  it('count an event for each of its tags once, and for all mail', () => {
    const { all, tags } = expectedOf([event({ kind: 'delivered', tags: ['a', 'b', 'a'] })]);
    expect(counted(all.total)).toEqual(delivered);
    expect(counted(tags.get('a')?.total)).toEqual(delivered);
    expect(counted(tags.get('b')?.total)).toEqual(delivered);
  });

  it('count opens once per message and client, people once per tag, both once per day, and bots not as people', () => {
    const opened = (members: Partial<SimulatedEvent>) => event({ kind: 'opened', ...members });
    const { tags, all } = expectedOf([
      opened({ bot: 'apple' }),
      opened({ bot: null }),
      opened({ bot: '', recipient: ' ANN@company.example' }),
      opened({ at: noon + 86_400 }),
      opened({ at: noon + 86_400, messageId: 'another@mg.sender.example' }),
      opened({ tags: ['b'] }),
      opened({ recipient: 'bob@company.example' }),
    ]);
    const counts = (opens: number, botOpens: number, uniqueOpens: number, peopleOpened: number) =>
      counted({ opens, botOpens, uniqueOpens, peopleOpened });
    expect(counted(tags.get('a')?.total)).toEqual(counts(6, 1, 4, 2));
    expect(counted(tags.get('a')?.days.get('2026-11-24'))).toEqual(counts(4, 1, 3, 2));
    expect(counted(tags.get('a')?.days.get('2026-11-25'))).toEqual(counts(2, 0, 2, 1));
    expect(counted(tags.get('b')?.total)).toEqual(counts(1, 0, 1, 1));
    expect(counted(all.total)).toEqual(counts(7, 1, 4, 2));
  });

  it('split failures by severity, and name those that an earlier suppression caused', () => {
    const failed = (failure: SimulatedEvent['failure'], flags = {}) =>
      event({ kind: 'failed', flags, ...(failure ? { failure } : {}) });
    const { all } = expectedOf([
      failed(hardBounce),
      failed({ severity: 'temporary', reason: 'generic', code: 451 }),
      failed({ severity: 'internal', reason: 'generic' }),
      failed({ severity: 'permanent', reason: 'suppress-bounce', code: 605 }),
      failed(hardBounce, { routed: true }),
    ]);
    expect(counted(all.total)).toEqual({
      failures: 4,
      permanentFailures: 2,
      temporaryFailures: 2,
      hardBounces: 1,
      suppressedFailures: 1,
      suppressedBounces: 1,
      forwarded: 1,
    });
  });

  it('keep callbacks and tests apart', () => {
    const { all } = expectedOf([
      event({ kind: 'failed', failure: hardBounce, flags: { callback: true } }),
      event({ kind: 'opened', flags: { testMode: true } }),
    ]);
    expect(counted(all.total)).toEqual({ webhookFailures: 1, tests: 1 });
  });

  it('take the star of an unsubscribe for a scope, not for a tag', () => {
    const { all, tags } = expectedOf([event({ kind: 'unsubscribed', tags: ['*'] })]);
    expect(counted(all.total)).toEqual({ unsubscribes: 1 });
    expect(tags.size).toBe(0);
  });

  it('span the times of all events, those of unknown type too', () => {
    const { all } = expectedOf([event({ kind: 'opened' }), event({ kind: 'newfangled', at: noon - 60.5 })]);
    expect(all.firstEventAt).toBe((noon - 60.5) * 1000);
    expect(all.lastEventAt).toBe(noon * 1000);
  });

  it('put an event of the last millisecond of a day into that day', () => {
    const { all } = expectedOf([
      event({ kind: 'delivered', at: Date.parse('2026-11-23T23:59:59.999Z') / 1000 }),
    ]);
    expect([...all.days.keys()]).toEqual(['2026-11-23']);
  });
});

describe('the expected subscribers', () => {
  const bounce = event({ kind: 'failed', failure: hardBounce });
  const unsubscribe = event({ kind: 'unsubscribed', tags: [] });
  const complaint = event({ kind: 'complained' });

  it('only rise, whatever comes later', () => {
    expect(statusAfter(event({ kind: 'opened' }))).toBe('active');
    expect(statusAfter(bounce, event({ kind: 'delivered' }))).toBe('bounced');
    expect(statusAfter(unsubscribe, bounce)).toBe('unsubscribed');
    expect(statusAfter(complaint, unsubscribe, bounce)).toBe('complained');
  });

  it('are as Mailgun suppressed them earlier', () => {
    const refused = (code: number) =>
      statusAfter(event({ kind: 'failed', failure: { severity: 'permanent', reason: 'generic', code } }));
    expect([605, 606, 607, 602].map(refused)).toEqual(['bounced', 'unsubscribed', 'complained', 'active']);
  });

  it('do not come from tests and forward targets', () => {
    expect(
      statusAfter(event({ kind: 'failed', failure: hardBounce, flags: { testMode: true } })),
    ).toBeUndefined();
    expect(statusAfter(event({ kind: 'delivered', flags: { routed: true } }))).toBeUndefined();
  });

  it('remember from what they unsubscribed', () => {
    const scopeOf = (members: Partial<SimulatedEvent>) =>
      expectedOf([event({ kind: 'unsubscribed', ...members })]).subscribers.get('ann@company.example')
        ?.unsubscribedFrom;
    expect(scopeOf({ tags: ['*'] })).toEqual(new Set(['*']));
    expect(scopeOf({ tags: [] })).toEqual(new Set(['*']));
    expect(scopeOf({ tags: ['a', 'b'] })).toEqual(new Set(['a', 'b']));
    expect(scopeOf({ tags: [], mailingList: 'l@x.example' })).toEqual(new Set(['l@x.example']));
  });
});
