import type { httpRequest, httpResponse } from 'codehooks-js';
import { readConfig } from '../config';
import { log, reasonOf } from '../log';
import { countEvents } from '../statistics/count';
import { type Connection, connect } from '../store/connection';
import { removeTokens } from '../store/tokens';
import { lookAtWaiting } from '../store/waiting';
import { applyRetention } from './retention';
import { sweepEvents } from './sweep';

/** What is done every minute. Each step can be repeated and overlap itself, and fails alone. */
const steps: Record<string, (connection: Connection) => Promise<unknown>> = {
  sweep: (connection) => sweepEvents(connection, Date.now()),
  waiting: async (connection) => {
    const settings = readConfig();
    if ('config' in settings) await lookAtWaiting(connection, settings.config.maxPendingEvents);
  },
  count: countEvents,
  tokens: async (connection) => {
    const settings = readConfig();
    // They are kept for twice the window, so that a larger window set later still finds them.
    if ('config' in settings)
      await removeTokens(connection, Date.now() / 1000 - 2 * settings.config.maxAgeSeconds);
  },
  retention: async (connection) => {
    const settings = readConfig();
    if ('config' in settings) await applyRetention(connection, settings.config.retentionDays, Date.now());
  },
};

/** The cron job: brings back what got stuck, counts what was not counted, removes what is too old. */
export async function maintain(_: httpRequest, response: httpResponse): Promise<void> {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step(await connect());
    } catch (error) {
      log.error('maintenance failed, the next run will try again', { step: name, error: reasonOf(error) });
    }
  }
  response.end();
}
