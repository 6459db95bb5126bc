import { expect, it } from 'vitest';
import type { Counter } from './counter-table';
import { countersRaisedBy, missedByWebhook, withZeros } from './counters';

const plain = { severity: null, classification: null, bot: null };

it.each<[Partial<Parameters<typeof countersRaisedBy>[0]> & { event: string }, Counter[]]>([
  [{ event: 'accepted' }, ['accepted']],
  [{ event: 'delivered' }, ['delivered']],
  [{ event: 'opened' }, ['opens']],
  [{ event: 'opened', bot: 'apple' }, ['opens', 'botOpens']],
  [{ event: 'clicked', bot: 'generic' }, ['clicks', 'botClicks']],
  [{ event: 'failed', severity: 'temporary' }, ['failures', 'temporaryFailures']],
  [{ event: 'failed', severity: 'permanent' }, ['failures', 'permanentFailures']],
  [
    { event: 'failed', severity: 'permanent', classification: 'suppressed_bounce' },
    ['failures', 'permanentFailures', 'suppressedFailures'],
  ],
  [{ event: 'complained' }, ['complaints']],
  [{ event: 'unsubscribed' }, ['unsubscribes']],
  [{ event: 'rejected' }, ['rejected']],
  [{ event: 'stored' }, ['stored']],
  [{ event: 'something_new' }, []],
  [{ event: '__proto__' }, []],
])('%j raises %j', (event, raised) => {
  expect(countersRaisedBy({ ...plain, ...event })).toEqual(raised);
});

it('webhooks miss only what Mailgun tells by webhook, each event once', () => {
  expect(missedByWebhook({ failures: 3, permanentFailures: 2, temporaryFailures: 1 })).toBe(3);
  expect(missedByWebhook({ stored: 4, rejected: 5 })).toBe(0);
  expect(missedByWebhook({ opens: 2, botOpens: 1, uniqueOpens: 1, delivered: 1 })).toBe(3);
});

it('absent counters are zero, and nobody shares the zeros', () => {
  const all = withZeros({ opens: 2 });
  expect(all).toMatchObject({ opens: 2, clicks: 0 });
  all.clicks = 7;
  expect(withZeros({}).clicks).toBe(0);
});
