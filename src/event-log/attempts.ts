import * as v from 'valibot';
import { softClassNames } from '../events/classify';
import type { Connection } from '../store/connection';
import { eventLog } from './stored-event';

/** Soft failures of one address that are read at most: more say nothing more. */
const maxAttempts = 1000;

const delivery = v.object({ occurredAt: v.string() });
const failure = v.object({
  _id: v.string(),
  occurredAt: v.string(),
  messageId: v.optional(v.nullable(v.string()), null),
});

/** When mail was last delivered to an address, ISO; null when it never was. */
export async function lastDelivery(connection: Connection, recipient: string): Promise<string | null> {
  const [last] = await eventLog.project(connection, { recipient, event: 'delivered' }, delivery, {
    sort: { occurredAt: -1 },
    limit: 1,
  });
  return last?.occurredAt ?? null;
}

/** Failures of mail to an address after a moment that do not speak against it for good. */
export async function softFailuresSince(connection: Connection, recipient: string, since: string | null) {
  const failures = await eventLog.project(
    connection,
    {
      recipient,
      classification: { $in: softClassNames },
      ...(since !== null && { occurredAt: { $gt: since } }),
    },
    failure,
    { sort: { occurredAt: 1 }, limit: maxAttempts },
  );
  return failures.map(({ _id, messageId, occurredAt }) => ({ key: _id, messageId, at: occurredAt }));
}
