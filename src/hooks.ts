import type {
  AcceptedEvent,
  ClickedEvent,
  ComplainedEvent,
  DeliveredEvent,
  EmailValidationEvent,
  FailedEvent,
  ListMemberUploadErrorEvent,
  ListMemberUploadedEvent,
  ListUploadedEvent,
  MailgunEvent,
  OpenedEvent,
  RejectedEvent,
  StoredMessageEvent,
  TrappedEvent,
  UnsubscribedEvent,
} from './events/event';
import type { Change } from './suppressions/change';

/**
 * Your own code: one function per event. The worker calls it after the event is stored, the subscriber is updated and
 * the event is marked to be counted; the numbers may follow a few seconds later.
 * It may be slow or fail: one that throws is called again later, and after MAX_ATTEMPTS the event is dead
 * with the error on it. Statistics and subscribers do not depend on it. It may be called more than once
 * for one event (after a crash), so use `event.key` to make what it does repeatable.
 */
export interface Hooks {
  onAccepted?(event: AcceptedEvent): Promise<void> | void;
  onDelivered?(event: DeliveredEvent): Promise<void> | void;
  onTemporaryFailure?(event: FailedEvent): Promise<void> | void;
  /** Everything that Mailgun has given up on; `event.classification` tells what it means for the address. */
  onPermanentFailure?(event: FailedEvent): Promise<void> | void;
  onRejected?(event: RejectedEvent): Promise<void> | void;
  onOpened?(event: OpenedEvent): Promise<void> | void;
  onClicked?(event: ClickedEvent): Promise<void> | void;
  onUnsubscribed?(event: UnsubscribedEvent): Promise<void> | void;
  onComplained?(event: ComplainedEvent): Promise<void> | void;
  onStored?(event: StoredMessageEvent): Promise<void> | void;
  onListMemberUploaded?(event: ListMemberUploadedEvent): Promise<void> | void;
  onListMemberUploadError?(event: ListMemberUploadErrorEvent): Promise<void> | void;
  onListUploaded?(event: ListUploadedEvent): Promise<void> | void;
  onEmailValidation?(event: EmailValidationEvent): Promise<void> | void;
  onTrapped?(event: TrappedEvent): Promise<void> | void;
  /** Types that Mailgun has added since, and events that lack what their type should have. */
  onOther?(event: MailgunEvent): Promise<void> | void;
  /**
   * Whenever a suppression of an address is added, changed or lifted, by an event, by Mailgun's lists or by a person.
   * Its `id` is the same when it is called again.
   */
  onSuppressionChanged?(change: Change): Promise<void> | void;
}

/**
 * For instance, to tell your own list of every complaint:
 *
 *     onComplained: async ({ recipient, key }) => {
 *       await fetch(`https://example.com/complaints/${key}`, { method: 'PUT', body: recipient });
 *     },
 */
export const hooks: Hooks = {};
