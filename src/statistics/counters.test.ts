import fc from 'fast-check';
import { expect, it } from 'vitest';
import { failureClasses } from '../events/classify';
import type { StoredCounter } from './counter-table';
import { countersRaisedBy, missedByWebhook, withoutZeros, withZeros } from './counters';
import { ratesOf } from './rates';

const flags = { routed: false, test: false, callback: false, delayedBounce: false };
const status = {
  code: null,
  enhancedCode: null,
  message: null,
  description: null,
  attempt: null,
  mxHost: null,
  bounceType: null,
  lastCode: null,
  lastMessage: null,
};
const plain = {
  severity: null,
  reason: null,
  classification: null,
  bot: null,
  flags,
  transport: null,
  deliveryStatus: null,
  recipientDomain: 'example.com',
  recipientProvider: null,
};
const permanent = { event: 'failed', severity: 'permanent' };
const taken = ['delivered', 'deliveredSmtp', 'deliveredToReporting'] as const;
const failed = ['failures', 'permanentFailures'] as const;

it.each<[Partial<Parameters<typeof countersRaisedBy>[0]> & { event: string }, StoredCounter[]]>([
  [{ event: 'accepted' }, ['accepted']],
  [{ event: 'delivered' }, [...taken]],
  [{ event: 'delivered', recipientDomain: 'gmail.com' }, ['delivered', 'deliveredSmtp']],
  [{ event: 'delivered', transport: 'http' }, ['delivered', 'deliveredHttp', 'deliveredToReporting']],
  [
    { event: 'delivered', deliveryStatus: { ...status, attempt: 1 } },
    ['delivered', 'deliveredSmtp', 'deliveredFirstAttempt', 'deliveredToReporting'],
  ],
  [
    { event: 'delivered', deliveryStatus: { ...status, attempt: 3 } },
    ['delivered', 'deliveredSmtp', 'deliveredTwoPlusAttempts', 'deliveredToReporting'],
  ],
  [{ event: 'opened' }, ['opens']],
  [{ event: 'opened', bot: 'apple' }, ['opens', 'botOpens']],
  [{ event: 'clicked', bot: 'generic' }, ['clicks', 'botClicks']],
  [{ event: 'failed', severity: 'temporary' }, ['failures', 'temporaryFailures']],
  [{ event: 'failed', severity: 'internal' }, ['failures', 'temporaryFailures']],
  [permanent, [...failed]],
  [{ ...permanent, reason: 'bounce', classification: 'sender_blocked' }, [...failed, 'hardBounces']],
  [{ ...permanent, reason: 'espblock', classification: 'sender_blocked' }, [...failed, 'softBounces']],
  [{ ...permanent, reason: 'generic', classification: 'soft_bounce' }, [...failed, 'softBounces']],
  [
    { ...permanent, reason: 'bounce', flags: { ...flags, delayedBounce: true } },
    [...failed, 'delayedBounces'],
  ],
  [{ ...permanent, reason: 'old', classification: 'expired' }, [...failed, 'permanentFailuresOld']],
  [
    { ...permanent, reason: 'suppress-bounce', classification: 'suppressed_bounce' },
    [...failed, 'suppressedFailures', 'suppressedBounces'],
  ],
  [
    { ...permanent, classification: 'suppressed_earlier' },
    [...failed, 'suppressedFailures', 'suppressedBounces'],
  ],
  [
    { ...permanent, classification: 'suppressed_complaint' },
    [...failed, 'suppressedFailures', 'suppressedComplaints'],
  ],
  [
    { ...permanent, classification: 'suppressed_unsubscribe' },
    [...failed, 'suppressedFailures', 'suppressedUnsubscribes'],
  ],
  [{ ...permanent, reason: 'bounce', flags: { ...flags, callback: true } }, ['webhookFailures']],
  [{ event: 'failed', severity: 'temporary', flags: { ...flags, callback: true } }, []],
  [{ ...permanent, flags: { ...flags, routed: true } }, ['forwarded']],
  [{ event: 'delivered', flags: { ...flags, routed: true } }, ['forwarded']],
  [{ event: 'delivered', flags: { ...flags, test: true } }, ['tests']],
  [{ event: 'complained' }, ['complaints']],
  [{ event: 'unsubscribed' }, ['unsubscribes']],
  [{ event: 'rejected' }, ['rejected']],
  [{ event: 'stored' }, ['stored']],
  [{ event: 'something_new' }, []],
  [{ event: '__proto__' }, []],
])('%j raises %j', (event, raised) => {
  expect(countersRaisedBy({ ...plain, ...event })).toEqual(raised);
});

it('whatever fails, its parts are disjoint and the suppressed are their sum', () => {
  const failure = fc.record({
    severity: fc.constantFrom('permanent', 'temporary', 'internal', null),
    reason: fc.constantFrom('bounce', 'generic', 'old', 'espblock', 'suppress-bounce', null),
    classification: fc.constantFrom(...failureClasses),
    flags: fc.record({
      routed: fc.constant(false),
      test: fc.constant(false),
      callback: fc.constant(false),
      delayedBounce: fc.boolean(),
    }),
  });
  fc.assert(
    fc.property(failure, (fields) => {
      const raised = countersRaisedBy({ ...plain, ...fields, event: 'failed' });
      const number = (name: StoredCounter) => (raised.includes(name) ? 1 : 0);
      expect(number('permanentFailures') + number('temporaryFailures')).toBe(1);
      expect(
        number('suppressedBounces') + number('suppressedComplaints') + number('suppressedUnsubscribes'),
      ).toBe(number('suppressedFailures'));
      const kinds = ['hardBounces', 'softBounces', 'delayedBounces', 'suppressedFailures'] as const;
      expect(kinds.filter((name) => number(name) === 1).length).toBeLessThanOrEqual(
        number('permanentFailures'),
      );
    }),
  );
});

it('what Mailgun refuses to send is neither sent nor bounced', () => {
  const counts = { delivered: 6, failures: 4, permanentFailures: 4, suppressedFailures: 2 };
  expect(withZeros(counts)).toMatchObject({ bounced: 2, processed: 10, sent: 8 });
  expect(ratesOf(counts)).toMatchObject({ bounce: 0.2, delivery: 0.75, permanentFail: 0.4 });
});

it('a delayed bounce is one message, which was delivered and bounced', () => {
  const counts = { delivered: 1, failures: 1, permanentFailures: 1, delayedBounces: 1 };
  expect(withZeros(counts)).toMatchObject({ bounced: 1, processed: 1, sent: 1 });
  expect(ratesOf(counts)).toMatchObject({ bounce: 1, delivery: 1 });
});

it('webhooks miss only what Mailgun tells by webhook, each event once', () => {
  expect(missedByWebhook({ failures: 3, permanentFailures: 2, temporaryFailures: 1 })).toBe(3);
  expect(missedByWebhook({ stored: 4, rejected: 5, webhookFailures: 1, forwarded: 2, tests: 3 })).toBe(0);
  expect(missedByWebhook({ opens: 2, botOpens: 1, uniqueOpens: 1, peopleOpened: 1, delivered: 1 })).toBe(3);
});

it('absent counters are zero, and nobody shares the zeros', () => {
  const all = withZeros({ opens: 2 });
  expect(all).toMatchObject({ opens: 2, clicks: 0 });
  all.clicks = 7;
  expect(withZeros({}).clicks).toBe(0);
  expect(withoutZeros({ opens: 2, delivered: 0 })).toEqual({ opens: 2 });
});
