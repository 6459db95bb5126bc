import { parseMailbox } from '../events/mailbox';
import type { Subscriber } from '../subscribers/subscriber';
import type { StoredSubscriber } from '../subscribers/subscribers';
import { ApiError } from './route';

/** A subscriber as the API gives it. */
export function presentSubscriber({
  bounceEvidence: _,
  complaintEvidence: __,
  unsubscribeEvidence: ___,
  standIn: ____,
  ...fields
}: StoredSubscriber) {
  return fields;
}

/** The address in a path. @throws ApiError 400 when it is none */
export function addressOf(text: string): string {
  const email = parseMailbox(text);
  if (email === null)
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter email is not accepted: it must be a mail address.',
    );
  return email;
}

/** When the state began that an address is in, ISO; null when it is active. */
export function suppressedSince(subscriber: Subscriber): string | null {
  switch (subscriber.status) {
    case 'complained':
      return subscriber.complaintDate;
    case 'unsubscribed':
      return subscriber.unsubscribeDate;
    case 'bounced':
      return subscriber.bounceDate;
    case 'active':
      return null;
  }
}
