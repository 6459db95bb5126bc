import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type App, event, startApp } from '../app/app';
import {
  accountKey,
  backfill,
  everythingIn,
  otherKey,
  type RecordApi,
  startComparing,
  startRecordedMailgun,
  stateOf,
} from './space';

const domains = ['mg.example.com', 'mail.example.org', 'eu.example.net'] as const;

/** What happens to a message, as fields of its event. */
const happenings: ReadonlyArray<readonly [event: string, fields: Record<string, unknown>]> = [
  ['accepted', {}],
  ['delivered', {}],
  ['opened', { 'client-info': { bot: null } }],
  ['opened', { 'client-info': { bot: 'apple' } }],
  ['clicked', { url: 'https://example.com/' }],
  ['failed', { severity: 'temporary', reason: 'generic', 'delivery-status': { code: 451 } }],
  [
    'failed',
    { severity: 'permanent', reason: 'bounce', 'delivery-status': { code: 550, 'bounce-type': 'hard' } },
  ],
  ['complained', {}],
  ['unsubscribed', { tags: ['*'] }],
];

const someEvent = fc.record({
  happening: fc.constantFrom(...happenings),
  recipient: fc.constantFrom('ann@example.com', 'bob@example.com', 'Cy@example.com'),
  tags: fc.subarray(['spring', 'news']),
  domain: fc.constantFrom(...domains),
  secondsAgo: fc.integer({ min: 2000, max: 100_000 }),
  isLost: fc.boolean(),
});

interface Sent {
  readonly data: Record<string, unknown>;
  readonly day: string;
  readonly isLost: boolean;
}

interface Planned {
  readonly happening: (typeof happenings)[number];
  readonly recipient: string;
  readonly tags: string[];
  readonly domain: string;
  readonly secondsAgo: number;
  readonly isLost: boolean;
}

function make(planned: readonly Planned[]): Sent[] {
  const now = Math.floor(Date.now() / 1000);
  return planned.map(({ happening: [name, fields], recipient, tags, domain, secondsAgo, isLost }, index) => {
    const timestamp = now - secondsAgo + index / 1000;
    const data = event(name, {
      recipient,
      tags,
      timestamp,
      domain: { name: domain },
      'user-variables': { order: String(index) },
      ...fields,
    });
    return { data, day: new Date(timestamp * 1000).toISOString().slice(0, 10), isLost };
  });
}

function lostPerDay(sent: readonly Sent[]): Record<string, number> {
  const days: Record<string, number> = {};
  for (const { day, isLost } of sent) if (isLost) days[day] = (days[day] ?? 0) + 1;
  return days;
}

async function send(app: App, sent: readonly Sent[]): Promise<void> {
  await Promise.all(sent.map(({ data }) => app.send(data)));
  await app.drain();
}

/** What happened, told to one app by webhooks without a loss, to the other with losses and a back-fill. */
async function compareWithoutLoss(sent: readonly Sent[], api: RecordApi): Promise<void> {
  const here: (() => Promise<unknown>)[] = [];
  try {
    const us = await startRecordedMailgun({
      accounts: { [otherKey]: [], [accountKey]: domains.slice(0, 2) },
      api,
    });
    here.push(us.server.stop);
    const eu = await startRecordedMailgun({ accounts: { [accountKey]: domains.slice(2) }, api });
    here.push(eu.server.stop);
    for (const { data } of sent) {
      us.record.add(data);
      eu.record.add(data);
    }
    const env = {
      MAILGUN_DOMAINS: `${domains[0]},${domains[1]},eu:${domains[2]}`,
      MAILGUN_API_URL_EU: eu.server.url,
    };
    const whole = await startApp('bundle');
    here.push(whole.stop);
    const holed = await startComparing(us, 'bundle', { env: { ...us.env, ...env } });
    here.push(holed.stop);

    await send(whole, sent);
    await send(
      holed,
      sent.filter(({ isLost }) => !isLost),
    );
    await backfill(holed);
    expect((await stateOf(holed)).items.map(({ lastError }) => lastError)).toEqual([null, null, null]);
    expect(await everythingIn(holed)).toEqual(await everythingIn(whole));
    expect((await holed.get('/api/summary')).body.missedByWebhook).toEqual(lostPerDay(sent));
    expect(await holed.audit()).toEqual([]);

    const before = await everythingIn(holed);
    await backfill(holed);
    expect(await everythingIn(holed)).toEqual(before);
    expect((await stateOf(holed)).missed).toEqual(lostPerDay(sent));
  } finally {
    for (const stop of here.reverse()) await stop();
  }
}

/** Of which the Logs API has a second row. */
const lostOpen: Planned = {
  happening: ['opened', { 'client-info': { bot: null } }],
  recipient: 'ann@example.com',
  tags: ['spring'],
  domain: domains[0],
  secondsAgo: 5000,
  isLost: true,
};

describe.each<RecordApi>(['events', 'logs, events are gone', 'logs, events are not found'])(
  'from the API: %s',
  (api) => {
    it('any lost webhooks come back, as if none had been lost', { timeout: 240_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(someEvent, { minLength: 1, maxLength: 25 }), (planned) =>
          compareWithoutLoss(make(planned), api),
        ),
        { numRuns: api === 'events' ? 6 : 2, endOnFailure: true, examples: [[[lostOpen]]] },
      );
    });
  },
);

it('every delivered event of an hour comes back', async () => {
  const hour = 7200;
  const planned = Array.from({ length: 40 }, (_, index) => ({
    happening: happenings[index % 2] ?? happenings[0] ?? (['delivered', {}] as const),
    recipient: `person-${index % 7}@example.com`,
    tags: ['spring'],
    domain: domains[0],
    secondsAgo: hour + index * 120,
    isLost: index % 2 === 1 && index * 120 < 3600,
  }));
  await compareWithoutLoss(make(planned), 'events');
});

it('finds the domains of the accounts itself where none are set', async () => {
  const mailgun = await startRecordedMailgun({
    accounts: { [accountKey]: ['one.example.com', 'two.example.com'] },
  });
  onTestFinished(mailgun.server.stop);
  mailgun.record.add(
    event('delivered', { domain: { name: 'two.example.com' }, timestamp: Date.now() / 1000 - 3600 }),
  );
  const app = await startComparing(mailgun, 'sources', { env: { ...mailgun.env, MAILGUN_DOMAINS: '' } });
  onTestFinished(() => app.stop());
  await backfill(app);
  const { items } = await stateOf(app);
  expect(items.map(({ domain, missed }) => [domain, Object.values(missed)])).toEqual([
    ['one.example.com', []],
    ['two.example.com', [1]],
  ]);
});
