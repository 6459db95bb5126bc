import { createHmac } from 'node:crypto';
import { secretBytes } from '../endpoint';

/**
 * The headers by which a receiver knows that a request is ours, by the Standard Webhooks specification: HMAC-SHA256
 * over id, timestamp and body.
 * @param nowMs when it is sent, in milliseconds since 1970
 */
export function signedHeaders(
  secret: string,
  { id, body, nowMs }: { id: string; body: string; nowMs: number },
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac('sha256', secretBytes(secret))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
