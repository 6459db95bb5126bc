import { describe, expect, it } from 'vitest';
import type { Counts } from '../statistics/counters';
import { withZeros } from '../statistics/counters';
import { ratesOf } from '../statistics/rates';
import { type DigestNumbers, maxTold } from './numbers';
import { digestText } from './text';
import { mailNumbers, worstOf } from './trouble';

const numbersOf = (counts: Counts) => ({ totals: withZeros(counts), rates: ratesOf(counts) });

const usual: Counts = {
  delivered: 92_800,
  permanentFailures: 1900,
  suppressedFailures: 200,
  temporaryFailures: 2000,
  complaints: 111,
  unsubscribes: 280,
  uniqueOpens: 31_000,
  uniqueClicks: 4100,
};
const weekBefore: Counts = {
  delivered: 590_000,
  permanentFailures: 7000,
  complaints: 480,
  unsubscribes: 1500,
  uniqueOpens: 200_000,
  uniqueClicks: 25_000,
};

const quiet: DigestNumbers = {
  period: { kind: 'daily', from: '2026-11-26', to: '2026-11-26', dueAt: '2026-11-27T08:00:00.000Z' },
  ...numbersOf(usual),
  before: { from: '2026-11-19', to: '2026-11-25', ...numbersOf(weekBefore) },
  campaigns: [],
  providers: [],
  doubtful: { addresses: 0, blocks: [] },
  dead: 0,
  missed: 0,
  alerts: { open: 0, first: [] },
};

const block = (addresses: number, provider: string, code: string) => ({
  day: '2026-11-26',
  provider,
  code,
  addresses,
});
const badList = mailNumbers('black-friday', { delivered: 12_000, permanentFailures: 900, complaints: 54 });
const alert = {
  title: 'Complaints are over 0.10 %',
  level: 'critical' as const,
  openedAt: '2026-11-26T14:00:00Z',
};

const troubled: DigestNumbers = {
  ...quiet,
  campaigns: [badList, mailNumbers('win back/2026', { delivered: 800, permanentFailures: 61 })],
  providers: [mailNumbers('Outlook', { delivered: 9000, permanentFailures: 400, temporaryFailures: 3100 })],
  doubtful: { addresses: 1204, blocks: [block(1200, 'Outlook', '550 5.7.1'), block(4, 'Gmail', 'none')] },
  dead: 1,
  missed: 12,
  alerts: { open: 1, first: [alert] },
};

it('a day without trouble is a few lines', () => {
  expect(digestText(quiet, null)).toEqual({
    title: 'Mail on Thursday 26 November 2026: 94,500 sent, 98.2 % delivered',
    text: `94,500 messages sent, 11 % more than on an average day of the week before.
- Complaints: 0.12 % (before: 0.08 %). Too many: Gmail wants less than 0.10 %
- Bounced: 1.8 % (before: 1.2 %)
- Delivered: 98.2 % (before: 98.8 %)
- Unsubscribed: 0.30 % (before: 0.25 %)
- Opened: 33.4 % (before: 33.9 %)
- Clicked: 4.4 % (before: 4.2 %)

Days are UTC days. Numbers may still change when events come late.
`,
  });
});

it('a day with trouble says where, with links into the page', () => {
  expect(
    digestText(troubled, 'https://mail.example.com/dev').text,
  ).toBe(`94,500 messages sent, 11 % more than on an average day of the week before.
- Complaints: 0.12 % (before: 0.08 %). Too many: Gmail wants less than 0.10 %
- Bounced: 1.8 % (before: 1.2 %)
- Delivered: 98.2 % (before: 98.8 %)
- Unsubscribed: 0.30 % (before: 0.25 %)
- Opened: 33.4 % (before: 33.9 %)
- Clicked: 4.4 % (before: 4.2 %)

1 alert is open:
- Complaints are over 0.10 % (critical, since 26 November 2026)

Campaigns to look at:
- black-friday: 0.45 % complaints, 7.0 % bounced of 12,900 messages
  https://mail.example.com/dev/dashboard#/campaigns/black-friday?range=own&from=2026-11-26&to=2026-11-26
- win back/2026: 7.1 % bounced of 861 messages
  https://mail.example.com/dev/dashboard#/campaigns/win%20back%2F2026?range=own&from=2026-11-26&to=2026-11-26

Providers with trouble:
- Outlook: 4.3 % bounced, 33.0 % put off of 9,400 messages

1,204 new suppressions are doubtful: Mailgun refuses these addresses,
but what it says speaks against the sender, the content or a full mailbox.
- Outlook, 550 5.7.1: 1,200 addresses
- Gmail, none: 4 addresses
  https://mail.example.com/dev/dashboard#/suppressions

To be done:
- 1 event was given up and waits for another try
  https://mail.example.com/dev/dashboard#/trouble
- Webhooks missed 12 events; the back-fill has brought them

Days are UTC days. Numbers may still change when events come late.
  https://mail.example.com/dev/dashboard#/?range=own&from=2026-11-26&to=2026-11-26
`);
});

const weekly: DigestNumbers['period'] = {
  kind: 'weekly',
  from: '2026-11-16',
  to: '2026-11-22',
  dueAt: '2026-11-23T08:00:00.000Z',
};

describe('the first lines', () => {
  const firstLine = (numbers: Partial<DigestNumbers>) => {
    const { title, text } = digestText({ ...quiet, ...numbers }, null);
    return { title, first: text.split('\n')[0] };
  };
  const earlier = (counts: Counts) => ({ ...quiet.before, ...numbersOf(counts) });

  it.each<[string, Partial<DigestNumbers>, string, string]>([
    [
      'no mail',
      numbersOf({}),
      'No mail on Thursday 26 November 2026',
      '0 messages sent, 100 % fewer than on an average day of the week before.',
    ],
    [
      'the first mail',
      { ...numbersOf({ delivered: 1 }), before: earlier({}) },
      'Mail on Thursday 26 November 2026: 1 sent, 100 % delivered',
      '1 message sent. There was no mail in the week before.',
    ],
    [
      'as usual',
      { ...numbersOf({ delivered: 100 }), before: earlier({ delivered: 700 }) },
      'Mail on Thursday 26 November 2026: 100 sent, 100 % delivered',
      '100 messages sent, as many as on an average day of the week before.',
    ],
    [
      'much more',
      { ...numbersOf({ delivered: 1_234_567 }), before: earlier({ delivered: 700_000 }) },
      'Mail on Thursday 26 November 2026: 1,230,000 sent, 100 % delivered',
      '1,230,000 messages sent, 12.3 times as many as on an average day of the week before.',
    ],
    [
      'a week',
      { period: weekly, ...numbersOf({ delivered: 600 }), before: earlier({ delivered: 700 }) },
      'Mail from 16 November 2026 to 22 November 2026: 600 sent, 100 % delivered',
      '600 messages sent, 14 % fewer than in the week before.',
    ],
  ])('of %s', (_, numbers, title, first) => {
    expect(firstLine(numbers)).toEqual({ title, first });
  });
});

it('the worst that there can be is fewer than 40 lines, and no name of others breaks a line', () => {
  const hostile = `a\r\nSubject: b\u2028${'x'.repeat(200)}`;
  const { text } = digestText(
    {
      ...troubled,
      campaigns: Array.from({ length: maxTold.campaigns }, () => ({ ...badList, name: hostile })),
      providers: Array.from({ length: maxTold.providers }, () => ({ ...badList, name: hostile })),
      doubtful: {
        addresses: 9,
        blocks: Array.from({ length: maxTold.blocks }, () => block(3, 'Other', hostile)),
      },
      alerts: {
        open: 9,
        first: Array.from({ length: maxTold.alerts }, () => ({ ...alert, title: hostile })),
      },
    },
    'https://mail.example.com/dev',
  );
  expect(text.trimEnd().split(/[\r\n\u2028]/).length).toBeLessThan(40);
  expect(text).not.toMatch(/\r|\u2028|^Subject/m);
});

it.each([
  ['few mails say nothing', { delivered: 49, complaints: 5 }, []],
  ['one complaint is none', { delivered: 100, complaints: 1 }, []],
  ['complaints', { delivered: 1000, complaints: 2 }, ['complaint']],
  ['bounces', { delivered: 97, permanentFailures: 3 }, ['bounce']],
  [
    'messages that Mailgun has dropped are no bounces',
    { delivered: 97, permanentFailures: 3, suppressedFailures: 3 },
    [],
  ],
  ['mail that is put off', { delivered: 100, temporaryFailures: 10 }, ['deferral']],
])('%s', (_, counts, trouble) => {
  expect(mailNumbers('any', counts).trouble).toEqual(trouble);
});

it('the worst is told first: by complaints, then by bounces', () => {
  const named = (name: string, complaints: number, permanentFailures: number) =>
    mailNumbers(name, { delivered: 1000, complaints, permanentFailures });
  const all = [named('fine', 0, 0), named('bounces', 2, 90), named('few', 2, 40), named('complaints', 5, 0)];
  expect(worstOf(all, 2).map(({ name }) => name)).toEqual(['complaints', 'bounces']);
  expect(worstOf(all, 9).map(({ name }) => name)).toEqual(['complaints', 'bounces', 'few']);
});
