import type { MailgunEvent } from '../events/event';
import type { Hooks } from '../hooks';

/** Calls the owner's function for an event, if there is one. @throws what it throws */
export async function callHook(hooks: Hooks, event: MailgunEvent): Promise<void> {
  const { recipient, classification } = event;
  switch (event.event) {
    case 'rejected':
      return hooks.onRejected?.({ ...event, event: 'rejected' });
    case 'stored':
      return hooks.onStored?.({ ...event, event: 'stored' });
    case 'list_member_uploaded':
      return hooks.onListMemberUploaded?.({ ...event, event: 'list_member_uploaded' });
    case 'list_member_upload_error':
      return hooks.onListMemberUploadError?.({ ...event, event: 'list_member_upload_error' });
    case 'list_uploaded':
      return hooks.onListUploaded?.({ ...event, event: 'list_uploaded' });
    case 'email_validation':
      return hooks.onEmailValidation?.({ ...event, event: 'email_validation' });
    case 'trapped':
      return hooks.onTrapped?.({ ...event, event: 'trapped' });
  }
  if (recipient === null) return hooks.onOther?.(event);
  switch (event.event) {
    case 'accepted':
      return hooks.onAccepted?.({ ...event, event: 'accepted', recipient });
    case 'delivered':
      return hooks.onDelivered?.({ ...event, event: 'delivered', recipient });
    case 'opened':
      return hooks.onOpened?.({ ...event, event: 'opened', recipient });
    case 'clicked':
      return hooks.onClicked?.({ ...event, event: 'clicked', recipient });
    case 'unsubscribed':
      return hooks.onUnsubscribed?.({ ...event, event: 'unsubscribed', recipient });
    case 'complained':
      return hooks.onComplained?.({ ...event, event: 'complained', recipient });
    case 'failed': {
      if (classification === null) return hooks.onOther?.(event);
      const failed = { ...event, event: 'failed' as const, recipient, classification };
      if (event.severity === 'temporary') return hooks.onTemporaryFailure?.(failed);
      return event.severity === 'permanent' ? hooks.onPermanentFailure?.(failed) : hooks.onOther?.(event);
    }
    default:
      return hooks.onOther?.(event);
  }
}
