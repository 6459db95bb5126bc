import type { Subscriber } from '../api/answers';

const byHand = ({ suppressions }: Subscriber) => suppressions.find(({ list }) => list === 'manual');

/** Why an address is in its state, as far as that is known. */
export function reasonOf(subscriber: Subscriber): string | null {
  const { status, bounceReason, unsubscribedFrom } = subscriber;
  switch (status) {
    case 'manual':
      return byHand(subscriber)?.detail ?? 'Added by hand';
    case 'bounced':
      return bounceReason ?? 'The receiving server refused it for good';
    case 'unsubscribed':
      return unsubscribedFrom.length === 0 || unsubscribedFrom.includes('*')
        ? 'From all mail'
        : `From ${unsubscribedFrom.join(', ')}`;
    case 'complained':
      return 'Called a message spam';
    case 'active':
      return null;
  }
}

/** Since when; null for an active address. */
export function sinceOf(subscriber: Subscriber): string | null {
  const { status, bounceDate, unsubscribeDate, complaintDate } = subscriber;
  switch (status) {
    case 'manual':
      return byHand(subscriber)?.since ?? null;
    case 'bounced':
      return bounceDate;
    case 'unsubscribed':
      return unsubscribeDate;
    case 'complained':
      return complaintDate;
    case 'active':
      return null;
  }
}
