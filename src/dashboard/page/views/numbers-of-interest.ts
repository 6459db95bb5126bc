import type { CounterName, RateName } from '../api/answers';

/** A number that senders look at all day. */
export interface Interest {
  name: string;
  counter: CounterName;
  /** What share it is, with its name in words; none for what everything else is a share of. */
  rate: { name: RateName; of: string } | null;
  /** Name of its colour in the style sheet. */
  color: string;
  /** The rule of the alerts that its rate is judged by. */
  rule?: string;
  /** Whether more of it is good, bad, or neither. */
  more: 'good' | 'bad' | 'neither';
}

export const interests: readonly Interest[] = [
  {
    name: 'Accepted',
    counter: 'accepted',
    rate: null,
    color: 'sent',
    more: 'neither',
  },
  {
    name: 'Delivered',
    counter: 'delivered',
    rate: { name: 'delivery', of: 'of sent' },
    rule: 'delivery',
    color: 'delivered',
    more: 'good',
  },
  {
    name: 'Opened',
    counter: 'uniqueOpens',
    rate: { name: 'uniqueOpen', of: 'of delivered' },
    color: 'opened',
    more: 'good',
  },
  {
    name: 'Clicked',
    counter: 'uniqueClicks',
    rate: { name: 'uniqueClick', of: 'of delivered' },
    color: 'clicked',
    more: 'good',
  },
  {
    name: 'Bounced',
    counter: 'bounced',
    rate: { name: 'bounce', of: 'of processed' },
    rule: 'hard-bounces',
    color: 'bounced',
    more: 'bad',
  },
  {
    name: 'Complained',
    counter: 'complaints',
    rate: { name: 'complaint', of: 'of delivered' },
    rule: 'complaints',
    color: 'complained',
    more: 'bad',
  },
  {
    name: 'Unsubscribed',
    counter: 'unsubscribes',
    rate: { name: 'unsubscribe', of: 'of delivered' },
    rule: 'unsubscribes',
    color: 'unsubscribed',
    more: 'bad',
  },
];
