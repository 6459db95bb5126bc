import type { FailureClass } from './classify';
import type { EventFields } from './fields';

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

/** An event of a type that Mailgun documents. Only a failure has a classification, and each has one. */
type EventOf<Name extends EventType> = EventFields & {
  event: Name;
  classification: Name extends 'failed' ? FailureClass : null;
};

/** The union of all types that Mailgun documents, told apart by `event`. */
export type KnownEvent = { [Name in EventType]: EventOf<Name> }[EventType];

/** An event of a type that Mailgun has added since. */
export type UnknownEvent = EventFields & { classification: null };

/** One Mailgun event in one shape, whichever format it came in. Absent values are null or empty. */
export type MailgunEvent = KnownEvent | UnknownEvent;

/** An event of some type whose address is known. */
export type Addressed<Event extends MailgunEvent> = Event & { recipient: string };

const knownTypes: ReadonlySet<string> = new Set(eventTypes);

/** Whether Mailgun documents the type of an event, so that `event.event` tells its type apart. */
export function isKnown<Event extends MailgunEvent>(event: Event): event is Event & KnownEvent {
  return knownTypes.has(event.event);
}

export function hasRecipient<Event extends MailgunEvent>(event: Event): event is Addressed<Event> {
  return event.recipient !== null;
}

/** Whether fields make an event: a failure has a classification, and nothing else has. */
export function isEvent<Values extends EventFields>(fields: Values): fields is Values & MailgunEvent {
  return (fields.event === 'failed') === (fields.classification !== null);
}

export type AcceptedEvent = Addressed<EventOf<'accepted'>>;
export type DeliveredEvent = Addressed<EventOf<'delivered'>>;
export type FailedEvent = Addressed<EventOf<'failed'>>;
export type OpenedEvent = Addressed<EventOf<'opened'>>;
export type ClickedEvent = Addressed<EventOf<'clicked'>>;
export type UnsubscribedEvent = Addressed<EventOf<'unsubscribed'>>;
export type ComplainedEvent = Addressed<EventOf<'complained'>>;
/** Its recipient is null when the message went to several. */
export type RejectedEvent = EventOf<'rejected'>;
export type StoredMessageEvent = EventOf<'stored'>;
export type ListMemberUploadedEvent = EventOf<'list_member_uploaded'>;
export type ListMemberUploadErrorEvent = EventOf<'list_member_upload_error'>;
export type ListUploadedEvent = EventOf<'list_uploaded'>;
export type EmailValidationEvent = EventOf<'email_validation'>;
export type TrappedEvent = EventOf<'trapped'>;
