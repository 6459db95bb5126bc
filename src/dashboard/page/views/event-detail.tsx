import type { MailEvent } from '../api/answers';
import { classificationName } from '../format/classifications';
import { Outside } from '../parts/outside';

function firstOf(...texts: readonly (string | null | undefined)[]): string | null {
  return texts.find((text) => text !== null && text !== undefined && text !== '') ?? null;
}

interface EventDetailProps {
  event: MailEvent;
  /** Left out where all are the same message's. */
  hasSubject?: boolean;
}

/** What is worth knowing of an event in a line, by its type. */
export function EventDetail({ event, hasSubject = true }: EventDetailProps) {
  const { deliveryStatus, clientInfo, failureCode, geolocation } = event;
  switch (event.event) {
    case 'failed': {
      // Of an expired message the last answer is what keeps it from arriving.
      const message = firstOf(
        deliveryStatus?.lastMessage,
        deliveryStatus?.message,
        deliveryStatus?.description,
        event.reason,
      );
      return (
        <>
          {event.classification !== null && (
            <span class="strong">{classificationName(event.classification)} </span>
          )}
          <Outside text={[failureCode, message].filter(Boolean).join(' ')} none="" />
        </>
      );
    }
    case 'clicked':
      return <Outside text={event.url} none="" />;
    case 'opened': {
      const client = [clientInfo?.name, clientInfo?.os, geolocation?.country].filter(Boolean).join(', ');
      return <Outside text={firstOf(client, clientInfo?.userAgent)} none="" />;
    }
    case 'unsubscribed':
      return (
        <>
          from{' '}
          {event.unsubscribedFrom.includes('*') ? (
            'all mail'
          ) : (
            <Outside text={event.unsubscribedFrom.join(', ')} none="all mail" />
          )}
        </>
      );
    case 'rejected':
      return <Outside text={firstOf(event.reason, event.subject)} none="" />;
    default:
      return (
        <Outside
          text={firstOf(hasSubject ? event.subject : null, deliveryStatus?.mxHost, deliveryStatus?.message)}
          none=""
        />
      );
  }
}
