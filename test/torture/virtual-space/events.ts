import { type EncodedBody, encodeDelivery } from '../../../tools/simulate/encode/encode-delivery';
import type { Encoding, EventKind, Failure, SimulatedEvent } from '../../../tools/simulate/plan/event';
import { signingKey } from './virtual-space';
import { beginning } from './virtual-time';

const base = {
  domain: 'mg.example.com',
  recipient: 'alice@example.com',
  provider: 'Other',
  tags: ['spring', 'news'],
  messageId: 'm1@mg.example.com',
  flags: {},
  shape: 7,
} as const;

/** Seconds since 1970 at which the cases begin; whole, as legacy forms tell it. */
export const now = Math.floor(beginning / 1000);

const bounce: Failure = {
  severity: 'permanent',
  reason: 'bounce',
  code: 550,
  enhancedCode: '5.1.1',
  bounceType: 'hard',
  message: 'No such user',
  legacy: 'bounced',
};
const dropped: Failure = { severity: 'permanent', reason: 'hardfail', legacy: 'dropped' };
const temporary: Failure = { severity: 'temporary', reason: 'generic', code: 451, enhancedCode: '4.2.0' };
const suppressed: Failure = { severity: 'permanent', reason: 'suppress-unsubscribe', code: 606 };
const blocked: Failure = { severity: 'permanent', reason: 'espblock', code: 550, enhancedCode: '5.7.1' };

const listed: Failure = {
  severity: 'permanent',
  reason: 'bounce',
  code: 550,
  enhancedCode: '5.7.515',
  message: 'Access denied',
};

export type Sample = Omit<SimulatedEvent, 'id' | 'at' | 'domain' | 'provider' | 'messageId' | 'shape'> & {
  readonly domain?: string;
};

function sample(kind: EventKind, encoding: Encoding, over: Partial<Sample> = {}): Sample {
  const { recipient, tags, flags } = base;
  return { kind, encoding, recipient, tags, flags, ...over };
}

function withoutRecipient(kind: EventKind): Sample {
  const { recipient: _, ...rest } = sample(kind, 'json');
  return rest;
}

/** Every type of event in the format of today, and failures of every kind. */
export const jsonSamples: ReadonlyMap<string, Sample> = new Map([
  ['accepted', sample('accepted', 'json')],
  ['delivered', sample('delivered', 'json')],
  ['failed temporary', sample('failed', 'json', { failure: temporary })],
  ['failed bounce', sample('failed', 'json', { failure: bounce })],
  ['failed suppressed', sample('failed', 'json', { failure: suppressed })],
  ['failed blocked', sample('failed', 'json', { failure: blocked })],
  ['opened', sample('opened', 'json', { bot: null })],
  ['opened by a bot', sample('opened', 'json', { bot: 'apple' })],
  ['clicked', sample('clicked', 'json', { url: 'https://example.com/' })],
  ['unsubscribed', sample('unsubscribed', 'json', { tags: ['*'] })],
  ['unsubscribed from a tag', sample('unsubscribed', 'json')],
  ['unsubscribed elsewhere', sample('unsubscribed', 'json', { tags: ['news'], domain: 'other.example.com' })],
  [
    'unsubscribed from a list',
    sample('unsubscribed', 'json', { tags: [], mailingList: 'Dev@mg.example.com' }),
  ],
  ['failed for the sender', sample('failed', 'json', { failure: listed })],
  ['complained', sample('complained', 'json')],
  ['rejected', sample('rejected', 'json')],
  ['stored', withoutRecipient('stored')],
  ['delivered to a newcomer', sample('delivered', 'json', { recipient: 'Newcomer@example.com' })],
  ['bounced by a newcomer', sample('failed', 'json', { recipient: 'newcomer@example.com', failure: bounce })],
  ['unknown type', sample('newfangled', 'json')],
]);

/** Every type that the legacy webhooks know. */
export const legacySamples: ReadonlyMap<string, Sample> = new Map([
  ['legacy delivered', sample('delivered', 'urlencoded')],
  ['legacy bounced', sample('failed', 'multipart', { failure: bounce })],
  ['legacy dropped', sample('failed', 'urlencoded', { failure: dropped })],
  ['legacy opened', sample('opened', 'urlencoded')],
  ['legacy clicked', sample('clicked', 'urlencoded', { url: 'https://example.com/' })],
  ['legacy unsubscribed', sample('unsubscribed', 'urlencoded', { tags: ['spring'] })],
  ['legacy complained', sample('complained', 'multipart')],
]);

export const allSamples: ReadonlyMap<string, Sample> = new Map([...jsonSamples, ...legacySamples]);

/** An event of a sample. */
export function eventOf(given: Sample, id: string, at = now): SimulatedEvent {
  const { domain, provider, messageId, shape } = base;
  return { domain, provider, messageId, shape, ...given, id, at };
}

/**
 * The webhook that tells an event.
 * @param token the same one makes it a retry; another one is what a second URL would get
 */
export function webhookOf(event: SimulatedEvent, token: string): Promise<EncodedBody> {
  const timestamp = event.encoding === 'json' ? now : event.at;
  return encodeDelivery(
    { id: 0, purpose: 'notice', event, stamp: { timestamp, token, signing: 'genuine' } },
    signingKey,
  );
}
