import { hmac } from './signature-variants';

/** The text of an `event-data` as a webhook, signed with a token of its own. */
export function signed(data: string): Buffer {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const token = `door-${data.length}-${Math.random()}`;
  const signature = JSON.stringify({ timestamp, token, signature: hmac(timestamp, token) });
  return Buffer.from(`{"signature":${signature},"event-data":${data}}`);
}
