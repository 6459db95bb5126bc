import { describe, expect, it } from 'vitest';
import {
  classifyFailure,
  type Doubt,
  doubtOf,
  type FailureClass,
  failureClasses,
  meaningOf,
} from './classify';
import {
  causeOf,
  collectEvidence,
  type DeliveryStatus,
  type EventFlags,
  type Failure,
  failureCodeOf,
} from './evidence';

const noFlags: EventFlags = { routed: false, test: false, callback: false, delayedBounce: false };
const noStatus: DeliveryStatus = {
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

interface Given {
  severity?: string;
  reason?: string | null;
  flags?: Partial<EventFlags>;
  status?: Partial<DeliveryStatus> | null;
}

const failure = ({
  severity = 'permanent',
  reason = 'generic',
  flags = {},
  status = {},
}: Given): Failure => ({
  severity,
  reason,
  flags: { ...noFlags, ...flags },
  deliveryStatus: status === null ? null : { ...noStatus, ...status },
});

/** What is listed by Mailgun, then what is said of the address: bad, good, or nothing. */
type Says = ['listed' | 'free', 'bad' | 'good' | null, 'bounced' | 'unsubscribed' | 'complained' | null];
const not = (says: 'good' | null): Says => ['free', says, null];
const listedButGood: Says = ['listed', 'good', 'bounced'];
const listedAndBad: Says = ['listed', 'bad', 'bounced'];
const onlyBad: Says = ['free', 'bad', 'bounced'];

const hard = { code: 550, enhancedCode: '5.1.1', bounceType: 'hard' };

const cases: [what: string, given: Given, verdict: FailureClass, says: Says][] = [
  // About a callback, a forward target or a test.
  [
    'a callback',
    { reason: 'bounce', flags: { callback: true }, status: hard },
    'not_about_address',
    not(null),
  ],
  [
    'a forward target',
    { reason: 'bounce', flags: { routed: true }, status: hard },
    'not_about_address',
    not(null),
  ],
  ['a test', { reason: 'bounce', flags: { test: true }, status: hard }, 'not_about_address', not(null)],
  [
    'severity internal',
    { severity: 'internal', reason: 'bounce', status: hard },
    'not_about_address',
    not(null),
  ],

  // Still being tried.
  [
    'a 4xx',
    { severity: 'temporary', status: { code: 451, enhancedCode: '4.7.652' } },
    'temporary',
    not(null),
  ],
  ['a service that is away', { severity: 'temporary', status: { code: 421 } }, 'temporary', not(null)],
  [
    'greylisting',
    { severity: 'temporary', reason: 'greylisted', status: { code: 450 } },
    'temporary',
    not(null),
  ],
  ['no MX', { severity: 'temporary', status: { code: 498 } }, 'temporary', not(null)],
  ['no connection', { severity: 'temporary', status: { code: 499 } }, 'temporary', not(null)],
  ['no connection of their own', { severity: 'temporary', status: { code: 680 } }, 'temporary', not(null)],
  [
    'temporary with every evidence of a bounce',
    { severity: 'temporary', reason: 'bounce', status: hard },
    'temporary',
    not(null),
  ],

  // Mailgun did not even try.
  [
    'suppress-unsubscribe',
    { reason: 'suppress-unsubscribe', status: null },
    'suppressed_unsubscribe',
    ['listed', null, 'unsubscribed'],
  ],
  ['606', { status: { code: 606 } }, 'suppressed_unsubscribe', ['listed', null, 'unsubscribed']],
  [
    'suppress-complaint',
    { reason: 'suppress-complaint', status: null },
    'suppressed_complaint',
    ['listed', null, 'complained'],
  ],
  ['607', { status: { code: 607 } }, 'suppressed_complaint', ['listed', null, 'complained']],
  [
    'suppress-bounce',
    { reason: 'suppress-bounce', status: null },
    'suppressed_bounce',
    ['listed', null, 'bounced'],
  ],
  [
    '605',
    { status: { code: 605, description: 'Not delivering to previously bounced address' } },
    'suppressed_bounce',
    ['listed', null, 'bounced'],
  ],

  // Expired.
  ['old', { reason: 'old', status: { message: 'Too old' } }, 'expired', not(null)],
  [
    '602',
    { status: { code: 602, bounceType: 'soft', lastCode: 616, lastMessage: 'MX is unreachable' } },
    'expired',
    not(null),
  ],
  ['old after a hard answer', { reason: 'old', status: { ...hard, code: 602 } }, 'expired', not(null)],

  // The provider refuses the sender.
  ['espblock', { reason: 'espblock', status: { code: 550 } }, 'sender_blocked', not('good')],
  ['blacklisted', { reason: 'blacklisted', status: { code: 554 } }, 'sender_blocked', not('good')],
  ['greylisted for good', { reason: 'greylisted', status: { code: 550 } }, 'sender_blocked', not('good')],
  ['625, poor list quality', { status: { code: 625 } }, 'sender_blocked', not('good')],
  ['5.7.26', { status: { code: 550, enhancedCode: '5.7.26' } }, 'sender_blocked', not('good')],
  [
    '5.1.7, the sender has no address',
    { status: { code: 550, enhancedCode: '5.1.7' } },
    'sender_blocked',
    not('good'),
  ],
  [
    '5.1.8, the sender has no domain',
    { status: { code: 550, enhancedCode: '5.1.8' } },
    'sender_blocked',
    not('good'),
  ],
  [
    '5.7.515 of Outlook, as bounce',
    { reason: 'bounce', status: { code: 550, enhancedCode: '5.7.515' } },
    'sender_blocked',
    listedButGood,
  ],
  [
    '5.1.8 as bounce, called hard',
    { reason: 'bounce', status: { ...hard, enhancedCode: '5.1.8' } },
    'sender_blocked',
    listedButGood,
  ],
  [
    'a block list in the message',
    {
      reason: 'bounce',
      status: {
        code: 550,
        enhancedCode: '',
        message: "5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. ... block list (S3150).",
      },
    },
    'sender_blocked',
    listedButGood,
  ],
  [
    'a block behind the SMTP code',
    { status: { code: 550, message: '550 5.7.1 Service unavailable; Client host blocked' } },
    'sender_blocked',
    not('good'),
  ],
  [
    'a block in several lines',
    { status: { code: 550, message: '550-5.7.26 This mail is unauthenticated\n550 5.7.26 more' } },
    'sender_blocked',
    not('good'),
  ],

  // Soft, though permanent.
  ['a full mailbox', { status: { code: 552, enhancedCode: '5.2.2' } }, 'soft_bounce', not('good')],
  ['a message too big', { status: { code: 552, enhancedCode: '5.3.4' } }, 'soft_bounce', not('good')],
  ['a routing loop', { status: { code: 554, enhancedCode: '5.4.6' } }, 'soft_bounce', not('good')],
  ['content', { status: { code: 554, enhancedCode: '5.6.0' } }, 'soft_bounce', not('good')],
  [
    'a full mailbox, as bounce',
    { reason: 'bounce', status: { code: 552, enhancedCode: '5.2.2' } },
    'soft_bounce',
    listedButGood,
  ],
  [
    'a full mailbox, called hard',
    { status: { code: 552, enhancedCode: '5.2.2', bounceType: 'hard' } },
    'soft_bounce',
    not('good'),
  ],
  [
    'a big message, as bounce',
    { reason: 'bounce', status: { code: 552, message: '552 5.3.4 Message too big' } },
    'soft_bounce',
    listedButGood,
  ],
  [
    'bounce-type soft, as bounce',
    { reason: 'bounce', status: { code: 550, bounceType: 'soft' } },
    'soft_bounce',
    listedButGood,
  ],
  [
    'bounce-type soft with a hard code',
    { status: { code: 550, enhancedCode: '5.1.1', bounceType: 'soft' } },
    'soft_bounce',
    not('good'),
  ],
  ['generic with 5xx', { status: { code: 550, message: 'Rejected' } }, 'soft_bounce', not('good')],
  ['generic without 5xx', { status: { code: 498, message: 'No MX' } }, 'soft_bounce', not('good')],
  ['generic without a status', { status: null }, 'soft_bounce', not('good')],
  [
    'generic with an address that looks like a code',
    { status: { code: 550, message: 'Host [185.1.1.7] refused' } },
    'soft_bounce',
    not('good'),
  ],

  // The address is bad.
  ['no such mailbox', { reason: 'bounce', status: hard }, 'hard_bounce', listedAndBad],
  [
    'no such mailbox by its code alone',
    { status: { code: 550, enhancedCode: '5.1.1' } },
    'hard_bounce',
    onlyBad,
  ],
  [
    'no such mailbox, in the message',
    {
      reason: 'bounce',
      status: {
        code: 550,
        enhancedCode: '',
        message: '5.1.1 The email account that you tried to reach does not exist.',
      },
    },
    'hard_bounce',
    listedAndBad,
  ],
  [
    'no such mailbox, in the description',
    { status: { code: 550, description: '550 5.1.1 unknown' } },
    'hard_bounce',
    onlyBad,
  ],
  [
    'an unspecific code beside a specific one',
    { status: { enhancedCode: '5.0.0', message: '550 5.1.1 unknown' } },
    'hard_bounce',
    onlyBad,
  ],
  ['bounce-type hard', { status: { code: 550, bounceType: 'hard' } }, 'hard_bounce', onlyBad],
  ...['5.1.0', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1'].map((enhancedCode): (typeof cases)[number] => [
    enhancedCode,
    { status: { code: 550, enhancedCode } },
    'hard_bounce',
    onlyBad,
  ]),
  [
    'bounce and nothing else',
    { reason: 'bounce', status: { code: 550, message: 'Relay Not Permitted' } },
    'bounce',
    listedAndBad,
  ],
  ['bounce without a status', { reason: 'bounce', status: null }, 'bounce', listedAndBad],

  // A report after `delivered`, which Mailgun does not list.
  [
    'a delayed bounce',
    {
      flags: { delayedBounce: true },
      status: { code: 550, enhancedCode: '5.1.1', message: 'smtp; 550-5.1.1 The email account' },
    },
    'delayed_bounce',
    onlyBad,
  ],
  [
    'a delayed bounce by its message',
    { flags: { delayedBounce: true }, status: { code: 550, message: 'smtp; 550-5.1.1 The email account' } },
    'delayed_bounce',
    onlyBad,
  ],
  [
    'a delayed bounce with the reason bounce',
    { reason: 'bounce', flags: { delayedBounce: true } },
    'delayed_bounce',
    onlyBad,
  ],
  [
    'a delayed report of a full mailbox',
    { reason: 'bounce', flags: { delayedBounce: true }, status: { enhancedCode: '5.2.2' } },
    'soft_bounce',
    not('good'),
  ],
  [
    'a delayed report of a block',
    { reason: 'bounce', flags: { delayedBounce: true }, status: { enhancedCode: '5.7.1' } },
    'sender_blocked',
    not('good'),
  ],
  ['a delayed report that says nothing', { flags: { delayedBounce: true } }, 'soft_bounce', not('good')],

  // Legacy forms.
  ['hardfail', { reason: 'hardfail' }, 'suppressed_earlier', ['listed', null, 'bounced']],
  [
    'hardfail with 606',
    { reason: 'hardfail', status: { code: 606 } },
    'suppressed_unsubscribe',
    ['listed', null, 'unsubscribed'],
  ],
  [
    'bounced with 5.7.1',
    { reason: 'bounce', status: { enhancedCode: '5.7.1' } },
    'sender_blocked',
    listedButGood,
  ],

  // Nothing that we know.
  ['a reason of the future', { reason: 'moon-phase', status: { code: 699 } }, 'unclassified', not(null)],
  ['no reason', { reason: null, status: null }, 'unclassified', not(null)],
  ['an unknown severity', { severity: 'unknown', reason: 'bounce', status: hard }, 'unclassified', not(null)],
];

describe('a failure', () => {
  it.each(cases)('%s', (_, given, verdict, [listed, address, suppresses]) => {
    const judged = failure(given);
    const classification = classifyFailure(judged);
    expect(classification).toBe(verdict);
    expect(meaningOf({ ...judged, classification })).toEqual({
      listedByMailgun: listed === 'listed',
      addressIsBad: address === null ? null : address === 'bad',
      suppresses,
    });
  });

  it('has an example in every row', () => {
    expect(new Set(cases.map(([, , verdict]) => verdict))).toEqual(new Set(failureClasses));
  });
});

describe('the code of a failure', () => {
  it.each([
    ['5.1.1 no such user', '5.1.1'],
    ['550 5.1.1 no such user', '5.1.1'],
    ['550-5.1.1 no such user', '5.1.1'],
    ['smtp; 550-5.1.1 no such user', '5.1.1'],
    ['#5.1.1', '5.1.1'],
    ['(5.7.1)', '5.7.1'],
    ['failed with 5.1.10.', '5.1.10'],
    ['5.0.0 failed: 5.2.2 full', '5.2.2'],
    ['5.0.0 failed', '5.0.0'],
    ['[185.1.1.7] refused', ''],
    ['[5.1.1.7] refused', ''],
    ['from 5.7.1.4', ''],
    ['15.1.1', ''],
    ['5.1.1234', ''],
    ['Exim 4.94.2', ''],
    ['v5.1.1', ''],
    ['mail-5.1.1', ''],
    ['sendmail/5.1.1', ''],
    ['5.1.1a', ''],
    ['', ''],
  ])('in %j is %j', (message, code) => {
    expect(collectEvidence(failure({ status: { message } })).enhancedCode).toBe(code);
    expect(collectEvidence(failure({ status: { description: message } })).enhancedCode).toBe(code);
  });

  it('is what Mailgun states, where it states one', () => {
    const status = { enhancedCode: '5.2.2', message: '550 5.1.1 unknown' };
    expect(collectEvidence(failure({ status })).enhancedCode).toBe('5.2.2');
  });
});

it.each<[string, Given, string | null]>([
  [
    'the last answer when it expired',
    { reason: 'old', status: { message: 'Too old', lastMessage: 'MX is unreachable' } },
    'MX is unreachable',
  ],
  ['the message', { status: { message: 'No such user', description: 'x' } }, 'No such user'],
  [
    'the description of an empty message',
    { status: { message: '', description: 'Not delivering' } },
    'Not delivering',
  ],
  ['the reason', { status: null }, 'generic'],
  ['nothing', { reason: null, status: null }, null],
])('the cause that a person reads is %s', (_, given, cause) => {
  expect(causeOf(failure(given))).toBe(cause);
});

it.each<[string, Given, string | null]>([
  ['what Mailgun states', { status: { code: 550, enhancedCode: '5.1.1' } }, '5.1.1'],
  [
    'what stands in the answer',
    { status: { code: 550, enhancedCode: '', message: '550-5.7.515 denied' } },
    '5.7.515',
  ],
  [
    'that of SMTP where there is no other',
    { status: { code: 550, message: 'Host [185.1.1.7] refused' } },
    '550',
  ],
  ['that of Mailgun', { reason: 'suppress-bounce', status: { code: 605 } }, '605'],
  [
    'what the last attempt was told when it expired',
    { reason: 'old', status: { code: 602, lastCode: 421, lastMessage: '421 4.7.0 Try again later' } },
    '4.7.0',
  ],
  [
    'that of the last attempt',
    {
      reason: 'old',
      status: { code: 602, message: 'Too old', lastCode: 616, lastMessage: 'MX is unreachable' },
    },
    '616',
  ],
  ['none', { status: null }, null],
  ['none, since 0 is none', { status: { code: 0 } }, null],
])('the code that says most is %s', (_, given, code) => {
  expect(failureCodeOf(failure(given))).toBe(code);
});

const bounced = (code: string | null, more: Partial<DeliveryStatus> = {}): Given => ({
  reason: 'bounce',
  status: { code: 550, enhancedCode: code, ...more },
});

it.each<[string, Given, Doubt | null]>([
  ['a provider blocks the sender', bounced('5.7.515'), 'sender'],
  ["the sender's address is refused", bounced('5.1.8'), 'sender'],
  ['the mailbox is full', bounced('5.2.2'), 'full_mailbox'],
  ['the message is too big', bounced('5.3.4'), 'content'],
  ['the content is refused', bounced(null, { message: '554 5.6.0 Bad content' }), 'content'],
  ['the bounce is soft', bounced(null, { bounceType: 'soft' }), 'soft'],
  ['nothing speaks for the address', bounced('5.1.1'), null],
  ['only the word of Mailgun speaks against it', bounced(null), null],
  ['Mailgun does not list it', { ...bounced('5.7.515'), reason: 'generic' }, null],
  ['Mailgun does not list a delayed bounce', { ...bounced('5.2.2'), flags: { delayedBounce: true } }, null],
  ['it was listed earlier, whatever for', { reason: 'suppress-bounce', status: { code: 605 } }, null],
])('whether a listing is doubtful: %s', (_, given, doubt) => {
  const told = failure(given);
  const judged = { ...told, classification: classifyFailure(told), failureCode: failureCodeOf(told) };
  expect(doubtOf(judged)).toBe(doubt);
});
