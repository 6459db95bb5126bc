import type { StoredNotice } from '../notice';

/** What a name of an event or of a rule may hold in the type of a message. */
const plainName = /^[a-z0-9_-]{1,64}$/i;

/** The type of a message: `event.delivered`, `alert.RULE`, `suppression.changed`, `digest`, `test`. */
export function typeOf({ kind, name }: Pick<StoredNotice, 'kind' | 'name'>): string {
  return (kind === 'event' || kind === 'alert') && name !== undefined && plainName.test(name)
    ? `${kind}.${name}`
    : kind;
}

/** The body of a signed webhook: JSON as Standard Webhooks asks for it. */
export function webhookMessage(notice: StoredNotice): object {
  return { type: typeOf(notice), timestamp: notice.occurredAt, data: notice.data };
}
