/** What the receiving server, or Mailgun in its place, said about a delivery attempt. */
export interface DeliveryStatus {
  /** SMTP code, or one of Mailgun's own 4xx and 6xx codes. */
  code: number | null;
  /** RFC 3463 code such as `5.1.1`; a delayed bounce's `bounce-code` stands here when there is no other. */
  enhancedCode: string | null;
  message: string | null;
  description: string | null;
  attempt: number | null;
  mxHost: string | null;
  bounceType: string | null;
}

/** Circumstances under which an event says nothing about the address it names. */
export interface EventFlags {
  /** Sent on because of a route: the recipient is a forward target, not a subscriber. */
  routed: boolean;
  /** In test mode, or a system test: nothing was really sent. */
  test: boolean;
  /** About one of Mailgun's own callbacks. */
  callback: boolean;
  /** A bounce mail that came after `delivered`. */
  delayedBounce: boolean;
}

/** What a failure is judged by. */
export interface Failure {
  severity: string | null;
  reason: string | null;
  deliveryStatus: DeliveryStatus | null;
  flags: EventFlags;
}
