import { presentEvent } from '../event-log/present-event';
import type { StoredEvent } from '../event-log/stored-event';
import type { Notice } from './notice';

/** What an event is chosen by. */
export function describeEvent({ event, classification, domain, tags, messageTags }: StoredEvent) {
  return {
    kind: 'event' as const,
    name: event,
    ...(classification !== null && { classification }),
    ...(domain !== null && { domain }),
    tags: [...new Set([...tags, ...messageTags])],
  };
}

const line = (name: string, value: string | number | null) =>
  value === null || value === '' ? [] : [`${name}: ${value}`];

/** An event as a notice: the data is what the API shows of it. */
export function noticeOfEvent(event: StoredEvent): Notice {
  const { key, recipient, occurredAt, severity, classification, deliveryStatus } = event;
  const described = describeEvent(event);
  return {
    ...described,
    key: `event:${key}`,
    occurredAt,
    title: [severity === null ? event.event : `${event.event} (${severity})`, recipient]
      .flatMap((part) => part ?? [])
      .join(': '),
    text: [
      ...line('Recipient', recipient),
      ...line('Domain', event.domain),
      ...line('Subject', event.subject),
      ...line('Tags', described.tags.join(', ')),
      ...line('Class', classification),
      ...line('Code', deliveryStatus?.enhancedCode ?? deliveryStatus?.code ?? null),
      ...line('Answer', deliveryStatus?.message ?? null),
      ...line('Link', event.url),
      ...line('Event', key),
    ].join('\n'),
    ...(recipient !== null && { orderKey: recipient }),
    data: presentEvent(event),
  };
}
