import { isStandIn } from '../events/address';
import type { Addressed, MailgunEvent } from '../events/event';
import { suppressionsBy } from '../suppressions/evidence';
import { addEvidence } from '../suppressions/fold';
import type { Source } from '../suppressions/suppression';
import type { Subscriber } from './subscriber';
import { summarise } from './summary';

/** Whether an event is about the person behind its address: forward targets, tests, callbacks and the erased are not. */
export function concernsSubscriber(event: MailgunEvent): event is Addressed<MailgunEvent> {
  const { recipient, flags } = event;
  return recipient !== null && !flags.routed && !flags.test && !flags.callback && !isStandIn(recipient);
}

const later = (a: string | null, b: string) => (a === null || b > a ? b : a);
const earlier = (a: string | null, b: string) => (a === null || b < a ? b : a);

/**
 * What is known of an address after one more event. Any order and any number of repeats of the same
 * events end in the same state: every field only rises (a minimum, a maximum or a set).
 * @param softBounces how many soft failures of the address the log holds
 */
export function applyEvent(
  before: Subscriber,
  event: MailgunEvent & { source?: Source },
  softBounces: number,
): Subscriber {
  const at = event.occurredAt;
  const after = summarise(addEvidence(before, suppressionsBy(event, event.source ?? 'webhook')));
  return {
    ...after,
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
