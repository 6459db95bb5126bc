import { afterEach, describe, expect, it } from 'vitest';
import {
  CannotSimulate,
  type Comparison,
  compareWithSpace,
  expectedOf,
  type Plan,
  planCampaign,
  readSnapshot,
  sendDeliveries,
  wasPlayedBefore,
} from '../../tools/simulate';
import { type FakeSpace, type FakeSpaceSettings, startFakeSpace } from './fake-space';

const signingKey = 'key-of-the-test';
const plan = planCampaign({ recipients: 200, tags: ['a', 'b'], seed: 11 });
let space: FakeSpace | undefined;

afterEach(async () => {
  await space?.close();
  space = undefined;
});

async function open(settings: FakeSpaceSettings = {}): Promise<FakeSpace> {
  space = await startFakeSpace(plan, settings);
  return space;
}

function compare(access: FakeSpace, expected: Plan = plan): Promise<Comparison> {
  return compareWithSpace(expected, { ...access, maxWaitSeconds: 0.6, steadySeconds: 0.1 });
}

describe('sending a campaign', () => {
  it('acknowledges every genuine request, has every forgery refused, and leaves no difference', async () => {
    const fake = await open();
    const summary = await sendDeliveries(plan.deliveries, { url: fake.url, signingKey });
    const forgeries = plan.deliveries.filter(({ purpose }) => purpose === 'forgery').length;
    expect([...summary.surprises]).toEqual([]);
    expect(summary.refusedForgeries).toBe(forgeries);
    expect(summary.acknowledged).toBe(plan.deliveries.length - forgeries);
    expect(summary.duplicates).toBe(summary.acknowledged - plan.events.length);
    const comparison = await compare(fake);
    expect(comparison.sections.flatMap(({ remarks }) => remarks)).toEqual([]);
    expect(comparison.isDifferent).toBe(false);
  });

  it('goes on through lost connections and 503, as Mailgun would', async () => {
    const fake = await open({ troubleEvery: 40 });
    const summary = await sendDeliveries(plan.deliveries, { url: fake.url, signingKey });
    expect(summary.retried).toBeGreaterThan(5);
    expect([...summary.surprises]).toEqual([]);
    expect((await compare(fake)).isDifferent).toBe(false);
  });

  it('says so when nobody answers', async () => {
    const some = plan.deliveries.slice(0, 5).filter(({ purpose }) => purpose !== 'forgery');
    const summary = await sendDeliveries(some, {
      url: 'http://127.0.0.1:9/dev',
      signingKey,
      maxWaitSeconds: 0.5,
    });
    expect(summary.acknowledged).toBe(0);
    expect([...summary.surprises.keys()].join()).toMatch(/given up after no answer/);
  });

  it('stops with a sentence when the signing key is another one', async () => {
    const fake = await open({ refuseAll: true });
    const sending = sendDeliveries(plan.deliveries, { url: fake.url, signingKey });
    await expect(sending).rejects.toThrow(/signing key/);
    await expect(sending).rejects.toBeInstanceOf(CannotSimulate);
  });

  it('stops when it is interrupted', async () => {
    const fake = await open();
    const controller = new AbortController();
    const onProgress = (done: number) => done === 20 && controller.abort();
    const { signal } = controller;
    const summary = await sendDeliveries(plan.deliveries, { url: fake.url, signingKey, signal, onProgress });
    expect(summary.interrupted).toBe(true);
    expect(summary.sent).toBeLessThan(60);
  });
});

describe('comparing with a space', () => {
  it('finds what was counted twice', async () => {
    const fake = await open({ countTwiceEvery: 50 });
    await sendDeliveries(plan.deliveries, { url: fake.url, signingKey });
    expect((await compare(fake)).isDifferent).toBe(true);
  });

  it('finds a single event that is missing', async () => {
    const [left] = plan.events.filter(({ kind }) => kind === 'complained');
    const fake = await open({ before: plan.events.filter((event) => event !== left) });
    const { sections } = await compare(fake);
    expect(sections.find(({ title }) => title === 'all mail')?.rows).toContainEqual({
      name: 'complaints',
      expected: plan.expected.all.total.complaints,
      stored: plan.expected.all.total.complaints - 1,
    });
    expect(sections.at(-1)?.remarks.join()).toMatch(
      /expected complained, stored (active|bounced|unsubscribed)/,
    );
  });

  it('looks only at what the run added to a space in use', async () => {
    const earlier = planCampaign({ recipients: 150, tags: ['a', 'c'], seed: 12 });
    const fake = await open({ before: earlier.events });
    const before = await readSnapshot(fake, { tags: ['a', 'b'], days: plan.expected.all.days.keys() });
    await sendDeliveries(plan.deliveries, { url: fake.url, signingKey });
    const comparison = await compareWithSpace(plan, {
      ...fake,
      before,
      maxWaitSeconds: 0.6,
      steadySeconds: 0.1,
    });
    expect(comparison.isDifferent).toBe(false);
    expect((await compare(fake)).isDifferent).toBe(true);
  });

  it('waits until a space has counted what came before', async () => {
    const fake = await open({ before: plan.events.slice(0, 10) });
    setTimeout(() => fake.tell(plan.events.slice(10, 20)), 300);
    const before = await readSnapshot(fake, { tags: ['a'], days: [] }, 1);
    expect(before.all.total.accepted).toBe(expectedOf(plan.events.slice(0, 20)).all.total.accepted);
  });

  it('recognises a seed that the space has played', async () => {
    expect(await wasPlayedBefore(plan, await open())).toBe(false);
    await space?.close();
    expect(await wasPlayedBefore(plan, await open({ before: plan.events }))).toBe(true);
  });

  it('says so when the API key is wrong', async () => {
    const fake = await open();
    await expect(readSnapshot({ ...fake, apiKey: 'wrong' }, { tags: [], days: [] })).rejects.toThrow(
      /API key/,
    );
  });
});
