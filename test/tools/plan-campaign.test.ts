import { describe, expect, it } from 'vitest';
import { identityOf } from '../../tools/simulate/campaign/identity';
import { planCampaign } from '../../tools/simulate/campaign/plan-campaign';
import { encodeDelivery } from '../../tools/simulate/encode/encode-delivery';
import { classifyFailure } from '../../tools/simulate/plan/classify-failure';
import * as failures from '../../tools/simulate/plan/failures';
import { expectedOf, subscriberAddress } from '../../tools/simulate/plan/model';
import { createRandom } from '../../tools/simulate/plan/random';

const now = Date.parse('2026-11-24T12:00:00Z') / 1000;
const plan = planCampaign({ recipients: 1000, tags: ['a', 'b'], seed: 5, now });

function values<Item>(items: readonly Item[]): Set<Item> {
  return new Set(items);
}

describe('a planned campaign', () => {
  it('is the same for the same seed', () => {
    expect(planCampaign({ recipients: 1000, tags: ['a', 'b'], seed: 5, now })).toEqual(plan);
  });

  it('shares no address, id or token with another seed', () => {
    const other = planCampaign({ recipients: 300, tags: ['a', 'b'], seed: 2, now });
    const addresses = values(plan.events.map((event) => event.recipient));
    const ids = values(plan.events.map((event) => event.id));
    const tokens = values(plan.deliveries.map((delivery) => delivery.stamp.token));
    expect(other.events.filter((event) => event.recipient && addresses.has(event.recipient))).toEqual([]);
    expect(other.events.filter((event) => ids.has(event.id))).toEqual([]);
    expect(other.deliveries.filter((delivery) => tokens.has(delivery.stamp.token))).toEqual([]);
  });

  it('has every kind of event, encoding, purpose, signature and refusal', () => {
    expect(values(plan.events.map((event) => event.kind)).size).toBe(10);
    expect(values(plan.events.map((event) => event.encoding))).toEqual(
      values(['json', 'urlencoded', 'multipart']),
    );
    expect(values(plan.deliveries.map((delivery) => delivery.purpose)).size).toBe(4);
    expect(values(plan.deliveries.map((delivery) => delivery.stamp.signing)).size).toBe(6);
    const refusals = plan.deliveries.flatMap((delivery) =>
      delivery.purpose === 'forgery' ? [delivery.expectedRefusal] : [],
    );
    expect(values(refusals)).toEqual(values(['invalid_signature', 'timestamp_expired', 'replay_attack']));
  });

  it('has every failure that is known, and every class of one', () => {
    const described = plan.events.flatMap(({ failure }) => (failure ? [JSON.stringify(failure)] : []));
    for (const example of Object.values(failures).flat()) {
      const members = JSON.stringify(example.failure).slice(0, -1);
      expect(described.some((text) => text.startsWith(members))).toBe(true);
    }
    const classes = plan.events.flatMap(({ failure, flags }) =>
      failure ? [classifyFailure(failure, flags)] : [],
    );
    expect(values(classes)).toEqual(
      values([
        'not_about_address',
        'temporary',
        'suppressed_unsubscribe',
        'suppressed_complaint',
        'suppressed_bounce',
        'suppressed_earlier',
        'expired',
        'sender_blocked',
        'hard_bounce',
        'bounce',
        'delayed_bounce',
        'soft_bounce',
        'unclassified',
      ]),
    );
  });

  it('has opens and clicks by people and by every bot, and all scopes of an unsubscribe', () => {
    const bots = values(plan.events.filter(({ kind }) => kind === 'opened').map(({ bot }) => bot));
    expect(bots).toEqual(values(['apple', 'gmail', 'generic', '', 'no', 'none', 'unknown', null, undefined]));
    const clickers = plan.events.filter(({ kind }) => kind === 'clicked').map(({ bot }) => bot);
    expect(clickers).toContain('generic');
    expect(clickers).toContain('');
    const unsubscribes = plan.events.filter(({ kind }) => kind === 'unsubscribed');
    expect(unsubscribes.some(({ tags }) => tags.includes('*'))).toBe(true);
    expect(unsubscribes.some(({ tags }) => tags.includes('a'))).toBe(true);
    expect(unsubscribes.some(({ tags, mailingList }) => tags.length === 0 && mailingList === undefined)).toBe(
      true,
    );
    expect(unsubscribes.some(({ mailingList }) => mailingList !== undefined)).toBe(true);
  });

  it('lets a few recipients go through every story', () => {
    const small = planCampaign({ recipients: 110, tags: ['a'], seed: 3, now });
    expect(values(small.events.map((event) => event.kind)).size).toBe(10);
    const reached = [...small.expected.subscribers.values()].map(({ status }) => status);
    expect(values(reached).size).toBe(4);
  });

  it('tells of nothing that lies in the future or longer ago than the campaign', () => {
    for (const event of plan.events) {
      expect(event.at).toBeLessThan(now);
      expect(event.at).toBeGreaterThan(now - 74 * 3600);
    }
    expect(plan.expected.all.days.size).toBeGreaterThanOrEqual(4);
  });

  it('signs genuine requests after the event and within twenty-one hours', () => {
    for (const { event, stamp, purpose } of plan.deliveries) {
      if (purpose === 'forgery') continue;
      expect(stamp.timestamp).toBeLessThanOrEqual(now);
      expect(stamp.timestamp).toBeGreaterThanOrEqual(event.at);
      expect(stamp.timestamp).toBeGreaterThan(now - 21 * 3600);
    }
  });

  it('has distinct events, though ids repeat on other days, for other types and other people', () => {
    const keys = plan.events.map(identityOf);
    expect(values(keys).size).toBe(plan.events.length);
    expect(values(plan.events.map(({ id }) => id)).size).toBeLessThan(plan.events.length);
  });

  it('never repeats a legacy event within a second, since it has no id', () => {
    const legacy = plan.events.filter(({ encoding }) => encoding !== 'json');
    const keys = legacy.map(
      (event) => `${event.kind} ${event.at} ${subscriberAddress(event.recipient ?? '')}`,
    );
    expect(values(keys).size).toBe(legacy.length);
  });

  it('notifies of each event once, copies apart, and of the first recipient first', () => {
    const notices = plan.deliveries.filter(({ purpose }) => purpose === 'notice');
    expect(values(notices.map(({ event }) => event))).toEqual(values(plan.events));
    expect(notices.length).toBe(plan.events.length);
    expect(subscriberAddress(plan.deliveries[0]?.event.recipient ?? '')).toBe(plan.firstRecipient);
  });

  it('retries with the same body and resends with another token', async () => {
    const notices = new Map(
      plan.deliveries.flatMap((it) => (it.purpose === 'notice' ? [[it.event, it]] : [])),
    );
    for (const delivery of plan.deliveries) {
      const notice = notices.get(delivery.event);
      if (notice === undefined || delivery.event.encoding === 'multipart') continue;
      const bodies = await Promise.all([encodeDelivery(notice, 'key'), encodeDelivery(delivery, 'key')]);
      if (delivery.purpose === 'retry') expect(bodies[0]).toEqual(bodies[1]);
      if (delivery.purpose === 'resend') expect(delivery.stamp.token).not.toBe(notice.stamp.token);
    }
  });

  it('steals tokens only of requests that were sent before', () => {
    const thieves = plan.deliveries.filter(({ after }) => after !== undefined);
    expect(thieves.length).toBeGreaterThan(0);
    for (const thief of thieves) {
      const robbed = plan.deliveries[thief.after ?? -1];
      expect(thief.after).toBeLessThan(thief.id);
      expect(robbed?.stamp).toEqual(thief.stamp);
      expect(robbed?.event.encoding).toBe(thief.event.encoding);
    }
  });

  it('expects the same whatever the order of the events', () => {
    const shuffled = createRandom(7).shuffle(plan.events);
    expect(expectedOf(shuffled)).toEqual(plan.expected);
  });

  it('knows whom nobody may subscribe: forward targets and inventions of forgers', () => {
    expect(plan.strangers.size).toBeGreaterThan(0);
    for (const address of plan.strangers) expect(address).toMatch(/^(forward|ghost)-/);
  });
});
