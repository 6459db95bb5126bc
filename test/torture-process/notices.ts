import { randomBytes } from 'node:crypto';
import type { Delivery, SimulatedEvent } from '../../tools/simulate';
import { encodeDelivery, planCampaign } from '../../tools/simulate';

/** What Mailgun owes the webhook for one event; until it is done, the event is told again. */
export interface Notice {
  readonly number: number;
  readonly event: SimulatedEvent;
  /** See {@link identify}. */
  readonly identity: string;
  /** See {@link NoticePlan}. */
  readonly plain: boolean;
}

export interface NoticePlan {
  readonly seed: number;
  readonly recipients: number;
  /** Seconds since 1970. */
  readonly now: number;
  /** Only what every handler can be expected to read: JSON without odd keys, one event type of the documented. */
  readonly plain: boolean;
}

const tags = ['welcome', 'weekly', 'autumn-sale', 'invoice'];

/**
 * By what an event is known again in any app's log: the published example keeps no ids, so it is the time
 * (microseconds, except in legacy forms) and the address.
 */
export function identify(fields: { event: string; timestamp: number; recipient: string | null }): string {
  const { event, timestamp, recipient } = fields;
  return [event.toLowerCase(), timestamp, (recipient ?? '').trim().toLowerCase()].join(' ');
}

const eventNames = { newfangled: 'of a new kind' };

function identityOf(event: SimulatedEvent): string {
  const kind = event.kind === 'newfangled' ? eventNames.newfangled : event.kind;
  return identify({ event: kind, timestamp: event.at, recipient: event.recipient ?? null });
}

const knownKinds = new Set([
  'accepted',
  'delivered',
  'failed',
  'opened',
  'clicked',
  'unsubscribed',
  'complained',
  'rejected',
  'stored',
]);

/** The identity of a document in an event log; types that nobody knows yet are one type here. */
export function identifyLogged(fields: Parameters<typeof identify>[0]): string {
  const known = knownKinds.has(fields.event.toLowerCase());
  return identify(known ? fields : { ...fields, event: eventNames.newfangled });
}

/**
 * A new token. The timestamps of tokens that begin with 0 are told as numbers, as Mailgun's documentation has
 * them: the example fails on these (its samples show text), which is beside the point of a plain campaign.
 */
export function tokenFor({ plain }: Notice): string {
  const token = randomBytes(25).toString('hex');
  return plain ? `a${token.slice(1)}` : token;
}

/** The request that tells an event, signed at a time (seconds since 1970) with a token. */
export function deliveryOf(
  { number, event }: Notice,
  timestamp: number,
  token: string,
): Extract<Delivery, { purpose: 'notice' | 'retry' | 'resend' }> {
  // A legacy form has one timestamp for both: that of the event.
  const signedAt = event.encoding === 'json' ? timestamp : event.at;
  return { id: number, purpose: 'notice', event, stamp: { timestamp: signedAt, token, signing: 'genuine' } };
}

/** Whether the published example can be expected to understand an event. */
async function isPlain(notice: Notice): Promise<boolean> {
  const { event } = notice;
  if (event.kind === 'newfangled' || new Set(event.tags).size < event.tags.length) return false;
  const { body } = await encodeDelivery(deliveryOf(notice, 0, 'a'), 'key');
  const text = body.toString();
  return !/"\$|"a\.b"|__proto__/.test(text) && text.includes(`"event":"${event.kind}"`);
}

/** The events of a campaign, each to be told once; two that no log could tell apart are left out. */
export async function planNotices({ seed, recipients, now, plain }: NoticePlan): Promise<Notice[]> {
  const { events } = planCampaign({ seed, recipients, tags, now });
  const known = new Set<string>();
  const notices: Notice[] = [];
  for (const planned of events) {
    const event = plain ? { ...planned, encoding: 'json' as const } : planned;
    const notice = { number: notices.length, event, identity: identityOf(event), plain };
    if (known.has(notice.identity) || (plain && !(await isPlain(notice)))) continue;
    known.add(notice.identity);
    notices.push(notice);
  }
  return notices;
}
