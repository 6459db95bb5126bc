/** What a simulated event is. `newfangled` stands for a type that Mailgun may add one day. */
export type EventKind =
  | 'accepted'
  | 'delivered'
  | 'failed'
  | 'opened'
  | 'clicked'
  | 'unsubscribed'
  | 'complained'
  | 'rejected'
  | 'stored'
  | 'newfangled';

/** Who or what a message was for, besides a subscriber: Mailgun's `flags`. */
export interface Flags {
  readonly routed?: boolean | null;
  readonly testMode?: boolean;
  readonly systemTest?: boolean;
  readonly callback?: boolean;
  readonly webhook?: boolean;
  readonly delayedBounce?: boolean;
}

/** A failure as Mailgun describes it. Codes may come as text. */
export interface Failure {
  readonly severity: 'permanent' | 'temporary' | 'internal' | 'unknown';
  readonly reason: string;
  readonly code?: number | string;
  readonly enhancedCode?: string | null;
  readonly bounceCode?: string;
  readonly bounceType?: 'hard' | 'soft';
  readonly message?: string;
  readonly description?: string | null;
  readonly attempt?: number;
  readonly retrySeconds?: number;
  readonly lastCode?: number;
  readonly lastMessage?: string;
  /** Mailgun sends `"delivery-status": null`. */
  readonly statusMissing?: boolean;
  /** The legacy event by which this failure is told; a failure without one is only told in JSON. */
  readonly legacy?: 'bounced' | 'dropped';
}

/** How an event travels to the webhook. The two forms are those of Mailgun's legacy webhooks. */
export type Encoding = 'json' | 'urlencoded' | 'multipart';

/** One event that happened at the simulated Mailgun, whatever shape it is sent in. */
export interface SimulatedEvent {
  readonly kind: EventKind;
  /** Unique within a UTC day, and only together with the kind, as at Mailgun. */
  readonly id: string;
  readonly domain: string;
  /** Seconds since 1970, up to microseconds; whole in legacy forms. */
  readonly at: number;
  /** As sent: upper case and blanks around it are possible. */
  readonly recipient?: string;
  /** What Mailgun calls the mailbox provider. */
  readonly provider: string;
  /** As sent: names may repeat; `*` in `unsubscribed` stands for all mail. */
  readonly tags: readonly string[];
  readonly messageId: string;
  readonly encoding: Encoding;
  readonly flags: Flags;
  readonly failure?: Failure;
  /** `client-info.bot`; undefined when the field is absent. */
  readonly bot?: string | null;
  readonly url?: string;
  readonly mailingList?: string;
  /** Seed for the details that have no effect: subject, variables, client, missing fields. */
  readonly shape: number;
}
