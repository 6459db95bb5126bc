import { hasRoom, notePending } from '../event-log/back-pressure';
import { enqueueStoredEvent } from '../event-log/enqueue';
import { findEvent, insertEvent } from '../event-log/event-log';
import { type Connection, connect } from '../store/connection';
import { OtherData } from '../store/data-version';
import type { WebhookStore } from './receive-webhook';
import { claimToken } from './tokens';

/** The space as receiving sees it, or what to do about its data. @throws when it cannot be reached */
export async function openWebhookStore(): Promise<WebhookStore | { problem: string }> {
  try {
    return webhookStore(await connect());
  } catch (error) {
    if (error instanceof OtherData) return { problem: error.message };
    throw error;
  }
}

function webhookStore(connection: Connection): WebhookStore {
  return {
    hasRoom: (maxPendingEvents) => hasRoom(connection, maxPendingEvents),
    claimToken: (signature, fingerprint) => claimToken(connection, signature, fingerprint),
    findEvent: async (key) => {
      const event = await findEvent(connection, key);
      return event && { isFinished: event.state !== null };
    },
    insertEvent: (event, arrival) => insertEvent(connection, event, { ...arrival, source: 'webhook' }),
    enqueueEvent: async (key) => {
      notePending();
      await enqueueStoredEvent(connection, key);
    },
  };
}
