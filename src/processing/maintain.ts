import type { httpRequest, httpResponse } from 'codehooks-js';
import { sendDigests } from '../digest/send';
import { recountPending } from '../event-log/back-pressure';
import { log, reasonOf } from '../log';
import { sweepDeliveries } from '../notices/deliver/sweep-deliveries';
import { readSettings } from '../settings/settings';
import { markDueAgain, recountDirty } from '../statistics/recount';
import { type Connection, connect } from '../store/connection';
import { countHeld } from '../suppressions/held';
import { tellRefusals } from '../webhook/refusal-log';
import { removeTokens } from '../webhook/tokens';
import { publishChanges } from './publish-changes';
import { applyRetention } from './retention';
import { sweepEvents } from './sweep';

/** How long a run goes on counting changes of suppressions: a first import may bring millions. */
const heldTimeMs = 5000;

/** What is done every minute. Each step can be repeated and overlap itself, and fails alone. */
const steps: Record<string, (connection: Connection) => Promise<unknown>> = {
  sweep: (connection) => sweepEvents(connection, Date.now()),
  backlog: async (connection) => {
    const result = readSettings();
    if ('settings' in result) await recountPending(connection, result.settings.maxPendingEvents);
  },
  count: async (connection) => {
    await markDueAgain(connection);
    await recountDirty(connection);
  },
  changes: publishChanges,
  deliveries: (connection) => sweepDeliveries(connection, Date.now()),
  held: (connection) => countHeld(connection, Date.now() + heldTimeMs),
  digest: (connection) => sendDigests(connection, Date.now()),
  tokens: async (connection) => {
    const result = readSettings();
    // They are kept for twice the window, so that a larger window set later still finds them.
    if ('settings' in result)
      await removeTokens(connection, Date.now() / 1000 - 2 * result.settings.maxAgeSeconds);
  },
  retention: async (connection) => {
    const result = readSettings();
    if ('settings' in result) await applyRetention(connection, result.settings.retentionDays, Date.now());
  },
};

/** The cron job: brings back what got stuck, counts what was not counted, removes what is too old. */
export async function maintain(_: httpRequest, response: httpResponse): Promise<void> {
  tellRefusals();
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step(await connect());
    } catch (error) {
      log.error('maintenance failed, the next run will try again', { step: name, error: reasonOf(error) });
    }
  }
  response.end();
}
