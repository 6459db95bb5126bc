import { hasRoom, notePending } from '../event-log/back-pressure';
import { enqueueStoredEvent } from '../event-log/enqueue';
import { findEventBatched, insertEvent } from '../event-log/event-log';
import { connect } from '../store/connection';
import type { WebhookStore } from './receive-webhook';
import { claimToken } from './tokens';

/** The space as receiving sees it. @throws when it cannot be reached */
export async function openWebhookStore(): Promise<WebhookStore> {
  const connection = await connect();
  return {
    hasRoom: (maxPendingEvents) => hasRoom(connection, maxPendingEvents),
    claimToken: (signature, fingerprint) => claimToken(connection, signature, fingerprint),
    findEvent: async (key) => {
      const event = await findEventBatched(connection, key);
      return event && { isFinished: event.state !== null };
    },
    insertEvent: (event, arrival) => insertEvent(connection, event, { ...arrival, source: 'webhook' }),
    enqueueEvent: async (key) => {
      notePending();
      await enqueueStoredEvent(connection, key);
    },
  };
}
