import { createHmac } from 'node:crypto';
import type { MailgunEvent } from '../../src/events/event';
import type { Hooks } from '../../src/hooks';

/**
 * Sends an event on to FORWARD_URL, signed with FORWARD_SECRET: HMAC-SHA256 in hex over the body. The key is the
 * same whenever it is sent again, so that the receiver can tell what it has already.
 */
async function forward({ raw: _, fingerprint: __, ...event }: MailgunEvent): Promise<void> {
  const { FORWARD_URL, FORWARD_SECRET } = process.env;
  if (!FORWARD_URL || !FORWARD_SECRET) throw new Error('Set FORWARD_URL and FORWARD_SECRET.');
  const body = JSON.stringify(event);
  const response = await fetch(FORWARD_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': event.key,
      'x-signature': createHmac('sha256', FORWARD_SECRET).update(body).digest('hex'),
    },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${new URL(FORWARD_URL).host} answers ${response.status}.`);
}

/** Every event; leave away what is not wanted. */
export const forwarding: Hooks = {
  onAccepted: forward,
  onDelivered: forward,
  onTemporaryFailure: forward,
  onPermanentFailure: forward,
  onRejected: forward,
  onOpened: forward,
  onClicked: forward,
  onUnsubscribed: forward,
  onComplained: forward,
  onStored: forward,
  onOther: forward,
};
