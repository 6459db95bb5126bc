import type { httpRequest, httpResponse } from 'codehooks-js';
import { type Backlog, readBacklog } from '../event-log/backlog';
import { log, reasonOf } from '../log';
import { readPlan } from '../settings/plan';
import { readSettings } from '../settings/settings';
import { connect } from '../store/connection';

export type Health = { status: 'ok' | 'not_configured' | 'stuck' | 'unavailable' } & Partial<
  Pick<Backlog, 'pending' | 'dead'> & { oldestPendingSeconds: number | null }
>;

/** Whether webhooks can be taken in and are worked off. Never throws. */
export async function readHealth(): Promise<Health> {
  try {
    const { pending, dead, oldestPending } = await readBacklog(await connect());
    const age =
      oldestPending === null
        ? null
        : Math.max(0, Math.round((Date.now() - Date.parse(oldestPending)) / 1000));
    const result = readSettings();
    const isConfigured = 'settings' in result && result.settings.signingKeys.length > 0;
    const status = !isConfigured
      ? 'not_configured'
      : age !== null && age > readPlan().stuckAfterSeconds
        ? 'stuck'
        : 'ok';
    return { status, pending, dead, oldestPendingSeconds: age };
  } catch (error) {
    log.error('storage cannot be read', { error: reasonOf(error) });
    return { status: 'unavailable' };
  }
}

/**
 * `GET /status` and `GET /health`, open to everybody: 200 only when all is well; numbers are counted up to 1000 and
 * say nothing of anybody. Codehooks answers the second one itself, by `Alive`, where a space has a domain of its own.
 */
export async function getHealth(_: httpRequest, response: httpResponse): Promise<void> {
  const health = await readHealth();
  response.set('cache-control', 'no-store');
  response.set('x-content-type-options', 'nosniff');
  response.status(health.status === 'ok' ? 200 : 503).json(health);
}
