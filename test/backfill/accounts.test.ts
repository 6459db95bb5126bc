import { expect, it, onTestFinished } from 'vitest';
import { type App, event } from '../app/app';
import { onBehalfOf } from '../mailgun-api/subaccounts';
import { accountKey, backfill, otherKey, startComparing, startRecordedMailgun, stateOf } from './space';

const accounts = {
  [accountKey]: ['mg.example.com'],
  [onBehalfOf(accountKey, 'sub-1')]: ['tenant.example.net'],
  [onBehalfOf(accountKey, 'closed-2')]: ['gone.example.net'],
  [otherKey]: ['other.example.org'],
};
const subaccounts = { [accountKey]: ['sub-1', 'closed-2'] };

function past(domain: string): Record<string, unknown> {
  return event('delivered', { timestamp: Date.now() / 1000 - 7200, domain: { name: domain } });
}

async function start(env: Record<string, string>) {
  const mailgun = await startRecordedMailgun({ accounts, subaccounts });
  const europe = await startRecordedMailgun({ accounts: { [otherKey]: ['mail.example.eu'] } });
  for (const { server } of [mailgun, europe]) onTestFinished(server.stop);
  for (const domain of Object.values(accounts).flat()) mailgun.record.add(past(domain));
  europe.record.add(past('mail.example.eu'));
  const app = await startComparing(mailgun, 'bundle', {
    env: {
      MAILGUN_API_KEY: `${accountKey},${otherKey}`,
      MAILGUN_DOMAINS: '',
      MAILGUN_API_URL_EU: europe.server.url,
      ...env,
    },
  });
  onTestFinished(() => app.stop());
  return { app, mailgun };
}

async function arrivedIn(app: App): Promise<unknown[]> {
  const events = await app.connection.getMany('email_events', {}).toArray();
  return events.map(({ domain }) => domain).sort();
}

it('compares the domains of all accounts, their subaccounts and both regions at once', async () => {
  const { app } = await start({ MAILGUN_REGION: 'us,eu' });
  await backfill(app);
  expect(await arrivedIn(app)).toEqual([
    'mail.example.eu',
    'mg.example.com',
    'other.example.org',
    'tenant.example.net',
  ]);
  const { items } = await stateOf(app);
  expect(items.map(({ domain, lastError }) => [domain, lastError])).toEqual([
    ['eu:mail.example.eu', null],
    ['mg.example.com', null],
    ['other.example.org', null],
    ['tenant.example.net', null],
  ]);
  // A step of `npm run backfill` asks for the subaccount, too.
  const from = new Date(Date.now() - 3 * 3_600_000).toISOString();
  const step = await app.call('POST', '/api/backfill', { domain: 'tenant.example.net', from });
  expect(step.body).toMatchObject({ seen: 1, known: 1, problem: null });
});

it('finds the subaccount of a domain that the settings name, and remembers it', async () => {
  const { app, mailgun } = await start({ MAILGUN_DOMAINS: 'tenant.example.net' });
  await backfill(app);
  expect(await arrivedIn(app)).toEqual(['tenant.example.net']);
  const lists = () => mailgun.server.seen.filter((request) => request.includes('subaccounts')).length;
  const before = lists();
  expect(before).toBeGreaterThan(0);
  await backfill(app);
  expect(lists()).toBe(before);
  expect((await stateOf(app)).items).toMatchObject([{ domain: 'tenant.example.net', lastError: null }]);
});

it('names the account that refuses, and compares the others', async () => {
  const { app } = await start({ MAILGUN_API_KEY: `${accountKey},revoked-key` });
  await backfill(app);
  expect(await arrivedIn(app)).toEqual(['mg.example.com', 'tenant.example.net']);
  const { problem } = await stateOf(app);
  expect(problem).toBe(
    'Mailgun answered 401 when asked for the domains (key 2 of MAILGUN_API_KEY): check MAILGUN_API_KEY, or set MAILGUN_DOMAINS.',
  );
});
