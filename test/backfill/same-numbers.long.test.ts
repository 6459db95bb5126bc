import { expect, it, onTestFinished } from 'vitest';
import { compareWithSpace, expectedOf, planCampaign, type SimulatedEvent } from '../../tools/simulate';
import { jsonEventOf } from '../../tools/simulate/encode/json-event';
import type { App } from '../app/app';
import {
  accountKey,
  backfill,
  everythingIn,
  type RecordApi,
  startComparing,
  startRecordedMailgun,
  stateOf,
} from './space';

const signedAt = Date.now() / 1000;
/** All of it lies so far back that Mailgun's own record is complete. */
const plan = planCampaign({ recipients: 140, tags: ['spring', 'News', 'b'], seed: 16, now: signedAt - 3600 });
/** The old forms are told by webhooks only. */
const events = plan.events.filter(({ encoding }) => encoding === 'json');
const domains = [...new Set(events.map(({ domain }) => domain))];

/** Which events a webhook tells; Mailgun's own record has all of them. */
type Way = readonly [name: string, api: RecordApi, isTold: (index: number) => boolean];
const ways: readonly Way[] = [
  ['webhooks only', 'events', () => true],
  ['back-fill only, Events API', 'events', () => false],
  ['back-fill only, Logs API', 'logs, events are gone', () => false],
  ['half of them each, Events API', 'events', (index) => index % 2 === 0],
  ['half of them each, Logs API', 'logs, events are gone', (index) => index % 3 !== 0],
];

async function play([, api, isTold]: Way): Promise<App> {
  const mailgun = await startRecordedMailgun({ accounts: { [accountKey]: domains }, api, pageSize: 70 });
  onTestFinished(mailgun.server.stop);
  const app = await startComparing(mailgun, 'bundle', { env: { ...mailgun.env, BACKFILL_DAYS: '5' } });
  onTestFinished(() => app.stop());
  const told = events.filter((_, index) => isTold(index));
  for (const event of events) mailgun.record.add({ ...jsonEventOf(event), domain: { name: event.domain } });
  // What a second URL of the owner's would be told lacks account and domain.
  for (const [index, event] of told.entries())
    expect((await app.send(jsonEventOf(event, index % 5 === 0))).status).toBe(200);
  await app.drain();
  do await backfill(app);
  while (
    (await stateOf(app)).items.some(
      ({ checkedUntil }) => Date.parse(checkedUntil ?? '') < (signedAt - 3600) * 1000,
    )
  );
  return app;
}

/** The Logs API tells milliseconds, all else microseconds. */
async function resultOf(app: App) {
  const everything = await everythingIn(app);
  return {
    ...everything,
    events: everything.events.map(({ timestamp: _, ...event }) => event),
  };
}

const model = (of: readonly SimulatedEvent[]) => ({
  ...plan,
  events: of,
  deliveries: [],
  expected: expectedOf(of),
});

it('a campaign ends in the same numbers, states and events, however its events came', {
  timeout: 300_000,
}, async () => {
  const results = new Map<string, unknown>();
  for (const way of ways) {
    const app = await play(way);
    expect(await app.audit()).toEqual([]);
    const { sections } = await compareWithSpace(model(events), {
      ...app,
      maxWaitSeconds: 1,
      steadySeconds: 0.1,
    });
    const wrong = sections.flatMap(({ title, rows, remarks }) => [
      ...rows.filter(({ expected, stored }) => expected !== stored).map((row) => ({ title, ...row })),
      ...remarks,
    ]);
    expect([way[0], wrong]).toEqual([way[0], []]);
    // Behind all that waits until nothing changes any more: a count may still be under way when the last job is over.
    results.set(way[0], await resultOf(app));
  }
  const [first, ...rest] = results.values();
  for (const other of rest) expect(other).toEqual(first);
});
