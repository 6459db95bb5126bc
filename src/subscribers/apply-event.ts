import { plausibleTime } from '../event-log/plausible-time';
import type { StoredEvent } from '../event-log/stored-event';
import { isStandIn } from '../events/address';
import type { Addressed, MailgunEvent } from '../events/event';
import { suppressionsBy } from '../suppressions/evidence';
import { addEvidence } from '../suppressions/fold';
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
  stored: MailgunEvent & Pick<StoredEvent, 'receivedAt' | 'source'>,
  softBounces: number,
): Subscriber {
  // A time that cannot be would be the last for ever, and nobody could decide anything after it.
  const at = plausibleTime(stored);
  const after = summarise(addEvidence(before, suppressionsBy(stored, at, stored.source)));
  return {
    ...after,
    softBounces: Math.max(before.softBounces, softBounces),
    lastDeliveredAt:
      stored.event === 'delivered' ? later(before.lastDeliveredAt, at) : before.lastDeliveredAt,
    lastOpenedAt:
      stored.event === 'opened' && stored.bot === null ? later(before.lastOpenedAt, at) : before.lastOpenedAt,
    lastClickedAt:
      stored.event === 'clicked' && stored.bot === null
        ? later(before.lastClickedAt, at)
        : before.lastClickedAt,
    firstEventAt: earlier(before.firstEventAt, at),
    lastEventAt: later(before.lastEventAt, at),
  };
}
