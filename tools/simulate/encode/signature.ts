import { createHmac } from 'node:crypto';

/**
 * Mailgun's signature: HMAC-SHA256 over timestamp and token, one right behind the other, in hex.
 * @param timestamp the literal text that is sent
 */
export function signatureOf(signingKey: string, timestamp: string, token: string): string {
  return createHmac('sha256', signingKey)
    .update(timestamp + token)
    .digest('hex');
}
