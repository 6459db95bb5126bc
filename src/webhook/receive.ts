import type { httpRequest } from 'codehooks-js';
import { readConfig } from '../config';
import { NestedTooDeeply } from '../events/canonical';
import { log, reasonOf } from '../log';
import { connect } from '../store/connection';
import { OtherData } from '../store/data-version';
import { findEventTogether, insertEvent } from '../store/events';
import { queueStored } from '../store/queue';
import { claimToken } from '../store/tokens';
import { hasRoom, noteWaiting } from '../store/waiting';
import { readBody } from './body';
import { isOptimizeAlert, readDelivery, signatureOf, type VerifiedDelivery } from './delivery';
import { isAhead, isFresh } from './freshness';
import type { Outcome, Refusal } from './outcome';
import { readSignature, verifySignature } from './signature';

const refused = (refusal: Refusal, detail?: string, retryAfter?: number): Outcome => ({
  accepted: false,
  refusal,
  ...(detail === undefined ? {} : { detail }),
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

/** When an event for which there is no room may come again, in seconds. */
const retryAfter = 60;
const tooMany = 'Too many events wait for their effects. This one is taken in when it is sent again.';

const ahead =
  'The signature is made more than 300 seconds after the time of this server: check its clock. The event is taken in when it is sent again.';

/** Admits the token, stores the event and queues it. When it returns accepted, the event is stored. */
async function admit(
  { event, signature }: VerifiedDelivery,
  mostPending: number,
  now: number,
): Promise<Outcome> {
  const connection = await connect();
  if (!(await hasRoom(connection, mostPending))) return refused('unavailable', tooMany, retryAfter);
  const [admitted, known] = await Promise.all([
    claimToken(connection, signature, event.fingerprint),
    findEventTogether(connection, event.key),
  ]);
  if (!admitted) return refused('replay_attack');
  if (known === null) {
    const receivedAt = new Date(now * 1000).toISOString();
    await insertEvent(connection, event, { receivedAt, source: 'webhook', signingKey: signature.signingKey });
  }
  if (known === null || known.state === null) {
    noteWaiting();
    await queueStored(connection, event.key);
  }
  return { accepted: true, key: event.key, type: event.event, duplicate: known !== null };
}

/**
 * Takes in one webhook request: from its body to a stored and queued event.
 * @returns how it ended; never throws
 */
export async function receive(request: httpRequest): Promise<Outcome> {
  try {
    const settings = readConfig();
    if ('problem' in settings) return refused('not_configured', settings.problem);
    const { signingKeys, maxAgeSeconds, maxPendingEvents } = settings.config;
    if (signingKeys.length === 0) {
      return refused(
        'not_configured',
        'Set MAILGUN_WEBHOOK_SIGNING_KEY to the HTTP webhook signing key of your Mailgun account.',
      );
    }

    const body = await readBody(request);
    if (body.kind === 'unreadable') return refused('invalid_payload', body.detail);
    if (isOptimizeAlert(body, request.headers)) {
      return refused(
        'invalid_payload',
        'This is an alert of Mailgun Optimize. This URL takes event webhooks.',
      );
    }

    const block = readSignature(signatureOf(body));
    const signature = block && verifySignature(block, signingKeys);
    if (!signature) return refused('invalid_signature');
    const now = Date.now() / 1000;
    if (isAhead(signature.signedAt, now)) return refused('unavailable', ahead);
    if (!isFresh(signature.signedAt, now, maxAgeSeconds)) return refused('timestamp_expired');

    const delivery = readDelivery(body, signature);
    if (typeof delivery === 'string') return refused('invalid_payload', delivery);
    return await admit(delivery, maxPendingEvents, now);
  } catch (error) {
    if (error instanceof NestedTooDeeply) return refused('invalid_payload', error.message);
    if (error instanceof OtherData) return refused('not_configured', error.message);
    log.error('webhook failed', { error: reasonOf(error) });
    return refused('unavailable');
  }
}
