import { hasRecipient, isKnown, type MailgunEvent } from '../events/event';
import type { Hooks } from '../hooks';

/** Calls the owner's function for an event, if there is one. @throws what it throws */
export async function callHook(hooks: Hooks, event: MailgunEvent): Promise<void> {
  if (!isKnown(event)) return hooks.onOther?.(event);
  switch (event.event) {
    case 'rejected':
      return hooks.onRejected?.(event);
    case 'stored':
      return hooks.onStored?.(event);
    case 'list_member_uploaded':
      return hooks.onListMemberUploaded?.(event);
    case 'list_member_upload_error':
      return hooks.onListMemberUploadError?.(event);
    case 'list_uploaded':
      return hooks.onListUploaded?.(event);
    case 'email_validation':
      return hooks.onEmailValidation?.(event);
    case 'trapped':
      return hooks.onTrapped?.(event);
  }
  if (!hasRecipient(event)) return hooks.onOther?.(event);
  switch (event.event) {
    case 'accepted':
      return hooks.onAccepted?.(event);
    case 'delivered':
      return hooks.onDelivered?.(event);
    case 'opened':
      return hooks.onOpened?.(event);
    case 'clicked':
      return hooks.onClicked?.(event);
    case 'unsubscribed':
      return hooks.onUnsubscribed?.(event);
    case 'complained':
      return hooks.onComplained?.(event);
    case 'failed':
      if (event.severity === 'temporary') return hooks.onTemporaryFailure?.(event);
      return event.severity === 'permanent' ? hooks.onPermanentFailure?.(event) : hooks.onOther?.(event);
  }
}
