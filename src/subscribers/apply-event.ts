import { isStandIn } from '../events/address';
import { meaningOf } from '../events/classify';
import type { Addressed, MailgunEvent } from '../events/event';
import { causeOf } from '../events/evidence';
import type { Status, Subscriber } from './subscriber';

/** Whether an event is about the person behind its address: forward targets, tests, callbacks and the erased are not. */
export function concernsSubscriber(event: MailgunEvent): event is Addressed<MailgunEvent> {
  const { recipient, flags } = event;
  return recipient !== null && !flags.routed && !flags.test && !flags.callback && !isStandIn(recipient);
}

const later = (a: string | null, b: string) => (a === null || b > a ? b : a);
const earlier = (a: string | null, b: string) => (a === null || b < a ? b : a);

/**
 * Evidence of what happened here (rank 0) comes before Mailgun's report that it happened earlier (rank 1), so that
 * a refusal to send never replaces the bounce that caused it. Among equals the earliest wins.
 */
function evidence(event: MailgunEvent, isReported: boolean): string {
  return `${isReported ? 1 : 0}|${event.occurredAt}|${event.key}`;
}

function bounce(subscriber: Subscriber, event: MailgunEvent): Subscriber {
  const own = evidence(event, event.classification?.startsWith('suppressed') ?? false);
  if (subscriber.bounceEvidence !== null && subscriber.bounceEvidence <= own) return subscriber;
  return { ...subscriber, bounceEvidence: own, bounceDate: event.occurredAt, bounceReason: causeOf(event) };
}

function complaint(subscriber: Subscriber, event: MailgunEvent): Subscriber {
  const own = evidence(event, event.event !== 'complained');
  if (subscriber.complaintEvidence !== null && subscriber.complaintEvidence <= own) return subscriber;
  return { ...subscriber, complaintEvidence: own, complaintDate: event.occurredAt };
}

function unsubscribe(subscriber: Subscriber, event: MailgunEvent): Subscriber {
  // A refusal to send does not say what the address unsubscribed from, only an unsubscribe does.
  const unsubscribedFrom = [...new Set([...subscriber.unsubscribedFrom, ...event.unsubscribedFrom])].sort();
  const own = evidence(event, event.event !== 'unsubscribed');
  if (subscriber.unsubscribeEvidence !== null && subscriber.unsubscribeEvidence <= own) {
    return { ...subscriber, unsubscribedFrom };
  }
  return { ...subscriber, unsubscribedFrom, unsubscribeEvidence: own, unsubscribeDate: event.occurredAt };
}

function suppressionOf(event: MailgunEvent): Exclude<Status, 'active'> | null {
  if (event.event === 'complained' || event.event === 'unsubscribed') return event.event;
  const { classification } = event;
  return classification === null ? null : meaningOf({ ...event, classification }).suppresses;
}

const applySuppression = { bounced: bounce, complained: complaint, unsubscribed: unsubscribe };

function statusOf(subscriber: Subscriber): Status {
  if (subscriber.complaintEvidence !== null) return 'complained';
  if (subscriber.unsubscribeEvidence !== null) return 'unsubscribed';
  return subscriber.bounceEvidence === null ? 'active' : 'bounced';
}

/**
 * What is known of an address after a person has decided that it is good again: everything that spoke
 * against it is gone. What happened after that moment must be applied again.
 */
export function reactivate(before: Subscriber, at: string): Subscriber {
  return {
    ...before,
    status: 'active',
    active: true,
    bounced: false,
    doNotEmail: false,
    reactivatedAt: before.reactivatedAt === null ? at : later(before.reactivatedAt, at),
    bounceReason: null,
    bounceDate: null,
    bounceEvidence: null,
    complaintDate: null,
    complaintEvidence: null,
    unsubscribeDate: null,
    unsubscribeEvidence: null,
    unsubscribedFrom: [],
  };
}

/**
 * What is known of an address after one more event. Any order and any number of repeats of the same
 * events end in the same state: every field only rises (a minimum, a maximum or a set).
 * @param softBounces how many soft failures of the address the log holds
 */
export function applyEvent(before: Subscriber, event: MailgunEvent, softBounces: number): Subscriber {
  const at = event.occurredAt;
  // What a person has decided to forget no longer counts, whenever it comes in.
  const isForgotten = before.reactivatedAt !== null && at <= before.reactivatedAt;
  const suppression = isForgotten ? null : suppressionOf(event);
  const after = suppression === null ? before : applySuppression[suppression](before, event);
  const status = statusOf(after);
  return {
    ...after,
    status,
    active: status === 'active',
    bounced: after.bounceEvidence !== null,
    doNotEmail: status !== 'active',
    softBounces: Math.max(before.softBounces, softBounces),
    lastDeliveredAt: event.event === 'delivered' ? later(before.lastDeliveredAt, at) : before.lastDeliveredAt,
    lastOpenedAt:
      event.event === 'opened' && event.bot === null ? later(before.lastOpenedAt, at) : before.lastOpenedAt,
    lastClickedAt:
      event.event === 'clicked' && event.bot === null
        ? later(before.lastClickedAt, at)
        : before.lastClickedAt,
    firstEventAt: earlier(before.firstEventAt, at),
    lastEventAt: later(before.lastEventAt, at),
  };
}
