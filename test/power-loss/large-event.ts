import { createHmac, randomBytes } from 'node:crypto';
import type { EncodedBody } from '../../tools/simulate';
import { signingKey } from '../torture-process/space-process';

/** The tag of large events. */
export const largeTag = 'large';

/** A delivery almost as large as what is accepted, and several times so once its quotes are escaped again. */
export function signedLargeEvent(number: number): EncodedBody {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const token = randomBytes(25).toString('hex');
  const signature = createHmac('sha256', signingKey)
    .update(timestamp + token)
    .digest('hex');
  const event = {
    event: 'delivered',
    id: `large-${number}`,
    timestamp: Number(timestamp) - 60,
    recipient: `large-${number}@people.example`,
    tags: [largeTag],
    'user-variables': { text: '"'.repeat(500_000) },
  };
  const body = JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': event });
  return { contentType: 'application/json', body: Buffer.from(body) };
}
