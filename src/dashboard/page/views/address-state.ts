import type { Subscriber } from '../api/answers';

/** Why an address is in its state, as far as that is known. */
export function reasonOf({ status, bounceReason, unsubscribedFrom }: Subscriber): string | null {
  switch (status) {
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
export function sinceOf({ status, bounceDate, unsubscribeDate, complaintDate }: Subscriber): string | null {
  switch (status) {
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
