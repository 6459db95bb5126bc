import { createHmac, randomBytes } from 'node:crypto';

/** The key that signs the events of a run. */
export const signingKey = 'key-0123456789abcdef0123456789abcdef';

type EventType = 'delivered' | 'opened' | 'clicked' | 'failed' | 'unsubscribed' | 'complained';

export interface EventFacts {
  type: EventType;
  recipient: string;
  tags: readonly string[];
  /** Only of a failure. */
  severity?: 'permanent' | 'temporary';
}

const deliveryStatus = {
  code: 250,
  message: 'OK',
  description: '',
  'attempt-no': 1,
  'mx-host': 'mx.example.com',
  'session-seconds': 0.43,
  tls: true,
  utf8: true,
  'certificate-verified': true,
};

const client = {
  ip: '192.0.2.7',
  geolocation: { country: 'US', region: 'CA', city: 'San Francisco' },
  'client-info': {
    bot: '',
    'client-type': 'browser',
    'client-os': 'macOS',
    'device-type': 'desktop',
    'client-name': 'Chrome',
    'user-agent':
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36',
  },
};

function detailsOf({ type, severity }: EventFacts): object {
  switch (type) {
    case 'delivered':
      return { 'delivery-status': deliveryStatus };
    case 'failed':
      return {
        severity,
        reason: severity === 'permanent' ? 'bounce' : 'generic',
        'delivery-status': {
          ...deliveryStatus,
          code: severity === 'permanent' ? 550 : 451,
          message:
            severity === 'permanent' ? '5.1.1 The email account does not exist' : '4.3.0 Try again later',
          'enhanced-code': severity === 'permanent' ? '5.1.1' : '4.3.0',
        },
      };
    case 'clicked':
      return { ...client, url: 'https://example.com/offers/7' };
    default:
      return client;
  }
}

/** The body of a signed event of a usual size, unique by its number and a random token. */
export function encodeEvent(n: number, facts: EventFacts): string {
  const now = Date.now() / 1000;
  const timestamp = String(Math.floor(now));
  const token = randomBytes(25).toString('hex');
  const signature = createHmac('sha256', signingKey)
    .update(timestamp + token)
    .digest('hex');
  const id = `${n}-${token.slice(0, 12)}`;
  const { type, recipient, tags } = facts;
  return JSON.stringify({
    signature: { timestamp, token, signature },
    'event-data': {
      event: type,
      id,
      timestamp: now,
      'log-level': 'info',
      account: { id: '5f0f6c4ae4f4b2d2a4a5d7c1' },
      domain: { name: 'mg.example.com' },
      recipient,
      'recipient-domain': 'example.com',
      'recipient-provider': 'Other',
      tags,
      campaigns: [],
      'user-variables': { order: String(n) },
      envelope: {
        sender: 'news@mg.example.com',
        transport: 'smtp',
        targets: recipient,
        'sending-ip': '192.0.2.1',
      },
      flags: {
        'is-routed': false,
        'is-authenticated': true,
        'is-system-test': false,
        'is-test-mode': false,
      },
      message: {
        headers: {
          to: recipient,
          from: 'news@mg.example.com',
          subject: 'News of the week',
          'message-id': `${id}@mg.example.com`,
        },
        size: 12_345,
        attachments: [],
      },
      ...detailsOf(facts),
    },
  });
}

/** Of a hundred events in a row, how many are of a type; the rest are deliveries. */
const mix: ReadonlyArray<readonly [upTo: number, facts: Pick<EventFacts, 'type' | 'severity'>]> = [
  [24, { type: 'opened' }],
  [29, { type: 'clicked' }],
  [32, { type: 'failed', severity: 'temporary' }],
  [34, { type: 'failed', severity: 'permanent' }],
  [35, { type: 'unsubscribed' }],
];

/** What one event of a load is about. */
export type Tagging = 'campaigns' | 'one hot tag';

/**
 * The event with a number, of a mix as a newsletter causes it, for one of 50,000 people. Each has two tags:
 * one that all mail has and one of twenty campaigns, or one campaign that takes everything.
 */
export function factsOf(n: number, tagging: Tagging): EventFacts {
  const share = (n * 37) % 100;
  const facts = mix.find(([upTo]) => share < upTo)?.[1] ?? { type: 'delivered' };
  const isComplaint = n % 1000 === 999;
  return {
    ...(isComplaint ? { type: 'complained' } : facts),
    recipient: `person${(n * 7919) % 50_000}@example.com`,
    tags: tagging === 'campaigns' ? ['newsletter', `campaign-${n % 20}`] : ['campaign-0'],
  };
}
