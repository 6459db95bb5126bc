import { createHmac, randomBytes } from 'node:crypto';

/** The key that signs the events of a run. */
export const signingKey = 'key-0123456789abcdef0123456789abcdef';

/** A signed `delivered` event of a usual size, unique by its number and a random token. */
export function encodeDeliveredEvent(
  n: number,
  { recipient, tags }: { recipient: string; tags: readonly string[] },
): { body: string } {
  const now = Date.now() / 1000;
  const timestamp = String(Math.floor(now));
  const token = randomBytes(25).toString('hex');
  const signature = createHmac('sha256', signingKey)
    .update(timestamp + token)
    .digest('hex');
  const id = `${n}-${token.slice(0, 12)}`;
  return {
    body: JSON.stringify({
      signature: { timestamp, token, signature },
      'event-data': {
        event: 'delivered',
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
        'delivery-status': {
          code: 250,
          message: 'OK',
          description: '',
          'attempt-no': 1,
          'mx-host': 'mx.example.com',
          'session-seconds': 0.43,
          tls: true,
          utf8: true,
          'certificate-verified': true,
        },
      },
    }),
  };
}
