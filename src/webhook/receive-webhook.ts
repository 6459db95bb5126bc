import { NestedTooDeeply } from '../events/canonical';
import type { MailgunEvent } from '../events/event';
import { log, reasonOf } from '../log';
import type { SettingsResult } from '../settings/settings';
import { readBody, type WebhookRequest } from './body';
import { isOptimizeAlert, readDelivery, signatureOf, type VerifiedDelivery } from './delivery';
import type { Outcome, Refusal } from './outcome';
import {
  isAhead,
  isFresh,
  maySign,
  readSignature,
  type VerifiedSignature,
  verifySignature,
} from './signature';

/** When an event for which there is no room may come again. */
const noRoomRetrySeconds = 60;

/** Where events are taken in. Each function throws when storage fails. */
export interface WebhookStore {
  /** Whether another event may be taken in while at most `maxPendingEvents` wait. */
  hasRoom(maxPendingEvents: number): Promise<boolean>;
  /** Binds the token of a signature to its content. @returns whether the token belongs to this content */
  claimToken(signature: VerifiedSignature, fingerprint: string): Promise<boolean>;
  /** Finds a stored event. @returns whether it has had its effects; null when it is not stored */
  findEvent(key: string): Promise<{ isFinished: boolean } | null>;
  /** Stores an event. When it returns, the event is stored durably. @param receivedAt ISO time */
  insertEvent(event: MailgunEvent, arrival: { receivedAt: string; signingKey: number }): Promise<void>;
  /** Hands a stored event to the workers. Does not throw: what is stored is found again. */
  enqueueEvent(key: string): Promise<void>;
}

/** What receiving needs from outside. */
export interface ReceiveDependencies {
  readSettings(): SettingsResult;
  /** The space, or what its owner has to do before it can take events in. @throws when it cannot be reached */
  openStore(): Promise<WebhookStore | { problem: string }>;
  /** Milliseconds since 1970. */
  now(): number;
}

const refused = (refusal: Refusal, more: { detail?: string; retryAfterSeconds?: number } = {}): Outcome => ({
  accepted: false,
  refusal,
  ...more,
});

/** Admits the token, stores the event and queues it. When it returns accepted, the event is stored. */
async function admit(
  { event, signature }: VerifiedDelivery,
  store: WebhookStore,
  maxPendingEvents: number,
  nowMs: number,
): Promise<Outcome> {
  if (!(await store.hasRoom(maxPendingEvents)))
    return refused('unavailable', {
      detail: 'Too many events wait for their effects. This one is taken in when it is sent again.',
      retryAfterSeconds: noRoomRetrySeconds,
    });
  const [isAdmitted, known] = await Promise.all([
    store.claimToken(signature, event.fingerprint),
    store.findEvent(event.key),
  ]);
  if (!isAdmitted) return refused('replay_attack');
  if (known === null) {
    const receivedAt = new Date(nowMs).toISOString();
    await store.insertEvent(event, { receivedAt, signingKey: signature.signingKey });
  }
  if (!known?.isFinished) await store.enqueueEvent(event.key);
  return { accepted: true, key: event.key, type: event.event, duplicate: known !== null };
}

/**
 * Takes in one webhook request: from its body to a stored and queued event. Knows no platform.
 * @returns how it ended; never throws
 */
export async function receiveWebhook(
  request: WebhookRequest,
  { readSettings, openStore, now }: ReceiveDependencies,
): Promise<Outcome> {
  try {
    const result = readSettings();
    if ('problem' in result) return refused('not_configured', { detail: result.problem });
    const { signingKeys, maxAgeSeconds, maxPendingEvents } = result.settings;
    if (signingKeys.length === 0)
      return refused('not_configured', {
        detail: 'Set MAILGUN_WEBHOOK_SIGNING_KEY to the HTTP webhook signing key of your Mailgun account.',
      });

    const body = readBody(request);
    if (body.kind === 'unreadable') return refused('invalid_payload', { detail: body.detail });
    if (isOptimizeAlert(body, request.headers))
      return refused('invalid_payload', {
        detail: 'This is an alert of Mailgun Optimize. This URL takes event webhooks.',
      });

    const block = readSignature(signatureOf(body));
    const signature = block && verifySignature(block, signingKeys);
    if (!signature) return refused('invalid_signature');
    const nowMs = now();
    if (isAhead(signature.signedAt, nowMs / 1000))
      return refused('unavailable', {
        detail:
          'The signature is made more than 300 seconds after the time of this server: check its clock. The event is taken in when it is sent again.',
      });
    if (!isFresh(signature.signedAt, nowMs / 1000, maxAgeSeconds)) return refused('timestamp_expired');

    const delivery = readDelivery(body, signature);
    if (typeof delivery === 'string') return refused('invalid_payload', { detail: delivery });
    const { domain } = delivery.event;
    if (!maySign(signature, domain))
      return refused('foreign_domain', {
        detail: `Signing key ${signature.signingKey} is bound to other domains than ${domain ?? 'that of this event, which names none'}: name the domain with it in MAILGUN_WEBHOOK_SIGNING_KEY if it is of the same account.`,
      });
    const store = await openStore();
    if ('problem' in store) return refused('not_configured', { detail: store.problem });
    return await admit(delivery, store, maxPendingEvents, nowMs);
  } catch (error) {
    if (error instanceof NestedTooDeeply) return refused('invalid_payload', { detail: error.message });
    log.error('webhook failed', { error: reasonOf(error) });
    return refused('unavailable');
  }
}
