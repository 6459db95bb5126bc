import type { Reasons } from '../suppressions/fold';
import type { Decision, Suppression } from '../suppressions/suppression';

/**
 * The states of an address in rising order: an event never lowers one. `manual` is what a person has decided for no
 * reason that Mailgun knows.
 */
export const statuses = ['active', 'manual', 'bounced', 'unsubscribed', 'complained'] as const;
export type Status = (typeof statuses)[number];

/** Everything known of one address. Times are ISO in UTC, null when it never happened. */
export interface Subscriber extends Reasons {
  email: string;
  status: Status;
  active: boolean;
  bounced: boolean;
  doNotEmail: boolean;
  bounceReason: string | null;
  bounceDate: string | null;
  complaintDate: string | null;
  unsubscribeDate: string | null;
  /** Tags or list addresses, `*` for all mail. */
  unsubscribedFrom: string[];
  /** Failures that do not speak against the address: temporary, expired, mailbox full and the like. */
  softBounces: number;
  /** When a person decided that the address is good: what happened before does not count against it. */
  reactivatedAt: string | null;
  lastDeliveredAt: string | null;
  lastOpenedAt: string | null;
  lastClickedAt: string | null;
  firstEventAt: string | null;
  lastEventAt: string | null;
  suppressions: Suppression[];
  decisions: Decision[];
  /** Whether some suppression is doubtful, as texts `DAY|PROVIDER|CODE` by which a block is found. */
  doubts: string[];
}

export function newSubscriber(email: string): Subscriber {
  return {
    email,
    status: 'active',
    active: true,
    bounced: false,
    doNotEmail: false,
    bounceReason: null,
    bounceDate: null,
    complaintDate: null,
    unsubscribeDate: null,
    unsubscribedFrom: [],
    softBounces: 0,
    reactivatedAt: null,
    lastDeliveredAt: null,
    lastOpenedAt: null,
    lastClickedAt: null,
    firstEventAt: null,
    lastEventAt: null,
    suppressions: [],
    decisions: [],
    doubts: [],
  };
}
