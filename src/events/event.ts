import type { FailureClass } from './classify';
import type { DeliveryStatus, EventFlags } from './failure';

/** The event types that Mailgun documents. Any other name is kept as an unknown event. */
export const eventTypes = [
  'accepted',
  'delivered',
  'failed',
  'rejected',
  'opened',
  'clicked',
  'unsubscribed',
  'complained',
  'stored',
  'list_member_uploaded',
  'list_member_upload_error',
  'list_uploaded',
  'email_validation',
  'trapped',
] as const;

export type EventType = (typeof eventTypes)[number];

export interface ClientInfo {
  type: string | null;
  name: string | null;
  os: string | null;
  device: string | null;
  userAgent: string | null;
}

export interface Geolocation {
  country: string | null;
  region: string | null;
  city: string | null;
}

/** One Mailgun event in one shape, whichever format it came in. Absent values are null or empty. */
export interface MailgunEvent {
  /** Unique and the same for every copy of the event: `DOMAIN:DAY:ID`. */
  key: string;
  format: 'json' | 'legacy';
  /** Mailgun's name of the type in lower case; see {@link eventTypes}. */
  event: string;
  severity: string | null;
  reason: string | null;
  /** The address, trimmed and in lower case. */
  recipient: string | null;
  recipientDomain: string | null;
  recipientProvider: string | null;
  /** The sending domain. */
  domain: string | null;
  account: string | null;
  /** Without angle brackets. */
  messageId: string | null;
  subject: string | null;
  /** When it happened, in seconds since 1970, as sent. */
  timestamp: number;
  /** When it happened, ISO in UTC. */
  occurredAt: string;
  tags: string[];
  /** JSON text: names and values are the sender's, so they never become fields. */
  userVariables: string | null;
  deliveryStatus: DeliveryStatus | null;
  /** For a failure: the row of the table that decided what it means for the address. */
  classification: FailureClass | null;
  /** For an unsubscribe: tags or list addresses, `*` for all mail of the domain. */
  unsubscribedFrom: string[];
  url: string | null;
  ip: string | null;
  clientInfo: ClientInfo | null;
  geolocation: Geolocation | null;
  /** Name of the machine that opened or clicked (`apple`, `gmail`, `generic`), null for a person. */
  bot: string | null;
  mailingList: string | null;
  /** Number of files that came with a legacy multipart body. They are not kept. */
  attachments: number;
  flags: EventFlags;
  /** Hash of the payload: the same for every copy, whatever the order of its fields. */
  fingerprint: string;
  /** The untouched original: the JSON of `event-data`, or of a form's `[name, value]` pairs. */
  raw: string;
}

type With<Name extends EventType, Fields extends keyof MailgunEvent = never> = MailgunEvent & {
  event: Name;
} & { [Field in Fields]: NonNullable<MailgunEvent[Field]> };

export type AcceptedEvent = With<'accepted', 'recipient'>;
export type DeliveredEvent = With<'delivered', 'recipient'>;
export type FailedEvent = With<'failed', 'recipient' | 'classification'>;
export type RejectedEvent = With<'rejected'>;
export type OpenedEvent = With<'opened', 'recipient'>;
export type ClickedEvent = With<'clicked', 'recipient'>;
export type UnsubscribedEvent = With<'unsubscribed', 'recipient'>;
export type ComplainedEvent = With<'complained', 'recipient'>;
export type StoredMessageEvent = With<'stored'>;
export type ListMemberUploadedEvent = With<'list_member_uploaded'>;
export type ListMemberUploadErrorEvent = With<'list_member_upload_error'>;
export type ListUploadedEvent = With<'list_uploaded'>;
export type EmailValidationEvent = With<'email_validation'>;
export type TrappedEvent = With<'trapped'>;
