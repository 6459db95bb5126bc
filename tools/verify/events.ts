import { randomBytes } from 'node:crypto';
import { signatureOf } from '../simulate/encode/signature';

/** The tag of everything that is sent here, always the same, so that at most one campaign stays behind. */
export const tag = 'verify';

/** A reserved name (RFC 2606): no mail and no person can be there. */
export const domain = 'verify.invalid';

export interface SignatureBlock {
  readonly timestamp: string;
  readonly token: string;
  readonly signature: string;
}

/** A fresh signature as Mailgun makes it. @param at seconds since 1970 */
export function sign(signingKey: string, at: number): SignatureBlock {
  const timestamp = String(Math.floor(at));
  const token = randomBytes(25).toString('hex');
  return { timestamp, token, signature: signatureOf(signingKey, timestamp, token) };
}

/** One event for an address of our own, in Mailgun's present format. */
export function jsonEvent(
  name: string,
  recipient: string,
  at: number,
  sendingDomain: string,
  more: object = {},
): Record<string, unknown> {
  return {
    event: name,
    id: randomBytes(16).toString('base64url'),
    timestamp: at,
    'log-level': 'info',
    account: { id: 'verify' },
    domain: { name: sendingDomain },
    recipient,
    'recipient-domain': domain,
    tags: [tag],
    'user-variables': {},
    message: { headers: { 'message-id': `${randomBytes(8).toString('hex')}@${domain}`, subject: 'verify' } },
    ...more,
  };
}

/** The body of a JSON webhook. */
export function jsonBody(signature: unknown, event: object): string {
  return JSON.stringify({ signature, 'event-data': event });
}

/** The fields of a legacy webhook, Mailgun's signature last. */
export function legacyFields(
  name: string,
  recipient: string,
  sendingDomain: string,
  { timestamp, token, signature }: SignatureBlock,
): Array<readonly [string, string]> {
  return [
    ['event', name],
    ['recipient', recipient],
    ['domain', sendingDomain],
    ['tag', tag],
    ['message-id', `${randomBytes(8).toString('hex')}@${domain}`],
    ['timestamp', timestamp],
    ['token', token],
    ['signature', signature],
  ];
}
