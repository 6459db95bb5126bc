import { encodeDelivery } from '../../tools/simulate';
import { deliveryOf, type Notice, tokenFor } from './notices';
import { post, type Reply } from './post';
import { retrySchedules, type ScheduleName, scheduleNames } from './retry-schedules';

/** Whether a retry carries the signature of the first attempt: no source of Mailgun's says. */
export type RetrySignature = 'same' | 'fresh';

/** How the telling of one event ended. */
export interface Account {
  readonly notice: Notice;
  readonly schedule: ScheduleName;
  readonly replies: readonly Reply[];
  /** What the last attempt was signed with. */
  readonly stamp: { readonly timestamp: number; readonly token: string };
  /** 200; 406; or Mailgun has no attempt left. */
  readonly outcome: 'acknowledged' | 'refused' | 'given up';
}

export interface Webhook {
  readonly url: string;
  readonly signingKey: string;
}

/** Real milliseconds after which an answer comes too late. */
const timeout = 15_000;
const minute = 60_000;

/**
 * Mailgun's side of one event: 200 and 406 end it, all else and a lost connection are tried again by one of
 * the published schedules, but `delivered` is never tried again.
 */
export class WebhookDelivery {
  readonly schedule: ScheduleName;
  private readonly replies: Reply[] = [];
  private readonly pauses: number[];
  private stamp = { timestamp: 0, token: '' };
  private outcome: Account['outcome'] | undefined;

  constructor(
    readonly notice: Notice,
    private readonly retrySignature: RetrySignature,
  ) {
    this.schedule = scheduleNames[notice.number % scheduleNames.length] ?? 'from 5 min';
    this.pauses = notice.event.kind === 'delivered' ? [] : [...retrySchedules[this.schedule]];
  }

  /**
   * Sends the request once.
   * @param now milliseconds since 1970, by which it is signed
   * @returns after how many milliseconds it is due again, null when this was the end of it
   */
  async attempt({ url, signingKey }: Webhook, now: number): Promise<number | null> {
    if (this.replies.length === 0 || this.retrySignature === 'fresh')
      this.stamp = { timestamp: Math.floor(now / 1000), token: tokenFor(this.notice) };
    const delivery = deliveryOf(this.notice, this.stamp.timestamp, this.stamp.token);
    const reply = await post(url, await encodeDelivery(delivery, signingKey), timeout);
    this.replies.push(reply);
    const pause = this.pauses.shift();
    if (reply === 200) this.outcome = 'acknowledged';
    else if (reply === 406) this.outcome = 'refused';
    else if (pause === undefined) this.outcome = 'given up';
    else return pause * minute;
    return null;
  }

  /** Whether Mailgun asks no more. */
  get isOver(): boolean {
    return this.outcome !== undefined;
  }

  /** @throws Error before the end */
  account(): Account {
    const { notice, schedule, replies, stamp, outcome } = this;
    if (outcome === undefined) throw new Error('Mailgun has not come to an end with this event.');
    return { notice, schedule, replies, stamp, outcome };
  }
}
