import type { MailgunEvent } from '../events/event';
import { readJsonEvent } from '../events/json';
import { readLegacyEvent } from '../events/legacy';
import { memberText } from '../events/member-text';
import type { WebhookBody } from './body';
import type { VerifiedSignature } from './signature';

type ReadableBody = Exclude<WebhookBody, { kind: 'unreadable' }>;

/** An event whose signature one of the owner's keys made. The only thing that may be stored. */
export interface VerifiedDelivery {
  readonly event: MailgunEvent;
  readonly signature: VerifiedSignature;
}

/** The signature block, where each format keeps it. In a form Mailgun's value is the last of its name. */
export function signatureOf(body: ReadableBody): unknown {
  if (body.kind === 'form') {
    const { fields } = body;
    return {
      timestamp: fields.last('timestamp'),
      token: fields.last('token'),
      signature: fields.last('signature'),
    };
  }
  return 'signature' in body.value ? body.value.signature : null;
}

/** Mailgun Optimize signs and shapes its alerts in another way. They are recognised to say so. */
export function isOptimizeAlert(body: ReadableBody, headers: Record<string, unknown>): boolean {
  return body.kind === 'json' && 'event_data' in body.value && 'x-sign' in headers;
}

/**
 * Reads the event of a verified webhook.
 * @returns the delivery, or a sentence that says what the body is instead
 * @throws NestedTooDeeply
 */
export function readDelivery(body: ReadableBody, signature: VerifiedSignature): VerifiedDelivery | string {
  if (body.kind === 'json') {
    const data: unknown = 'event-data' in body.value ? body.value['event-data'] : null;
    // Of the body only the event is kept, which leaves the signature block out.
    const original = body.text === null ? null : memberText(body.text, 'event-data');
    const event = readJsonEvent(data, signature.signedAt, original);
    return event ? { event, signature } : 'The body has no event-data with the name of an event.';
  }
  const event = readLegacyEvent(body.fields, signature.signedAt);
  if (event) return { event, signature };
  return body.fields.has('sender')
    ? 'This is an inbound message of a route. Point the route at a URL of its own: this one takes event webhooks.'
    : 'The form has no field named event.';
}
