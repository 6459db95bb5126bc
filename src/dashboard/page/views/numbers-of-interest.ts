import type { CounterName, RateName } from '../api/answers';

/** A number that senders look at all day. */
export interface Interest {
  name: string;
  counter: CounterName;
  /** What share it is, with its name in words; none for what everything else is a share of. */
  rate: { name: RateName; of: string } | null;
  /** Name of its colour in the style sheet. */
  color: string;
  /** Whether more of it is good, bad, or neither. */
  more: 'good' | 'bad' | 'neither';
  /** What is counted. */
  meaning: string;
}

export const interests: readonly Interest[] = [
  {
    name: 'Sent',
    counter: 'accepted',
    rate: null,
    color: 'sent',
    more: 'neither',
    meaning: 'Messages that Mailgun accepted, one per recipient',
  },
  {
    name: 'Delivered',
    counter: 'delivered',
    rate: { name: 'delivery', of: 'of decided' },
    color: 'delivered',
    more: 'good',
    meaning: 'Taken by the receiving server; the rate is of those and the permanent failures',
  },
  {
    name: 'Opened',
    counter: 'uniqueOpens',
    rate: { name: 'open', of: 'of delivered' },
    color: 'opened',
    more: 'good',
    meaning: 'People who opened, once a day; machines are left out',
  },
  {
    name: 'Clicked',
    counter: 'uniqueClicks',
    rate: { name: 'click', of: 'of delivered' },
    color: 'clicked',
    more: 'good',
    meaning: 'People who clicked, once a day; machines are left out',
  },
  {
    name: 'Bounced',
    counter: 'permanentFailures',
    rate: { name: 'bounce', of: 'of decided' },
    color: 'bounced',
    more: 'bad',
    meaning: 'Permanent failures, also those that Mailgun did not even try',
  },
  {
    name: 'Complained',
    counter: 'complaints',
    rate: { name: 'complaint', of: 'of delivered' },
    color: 'complained',
    more: 'bad',
    meaning: 'Recipients who called it spam',
  },
  {
    name: 'Unsubscribed',
    counter: 'unsubscribes',
    rate: { name: 'unsubscribe', of: 'of delivered' },
    color: 'unsubscribed',
    more: 'bad',
    meaning: 'Recipients who do not want it any more',
  },
];
