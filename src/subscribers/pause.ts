import { lastDelivery, softFailuresSince } from '../event-log/attempts';
import { log } from '../log';
import { readSuppressionSettings, type SuppressionSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { setPause } from '../suppressions/fold';
import { pauseAfter } from '../suppressions/soft-bounces';
import type { Subscriber } from './subscriber';
import { summarise } from './summary';

function settings(): SuppressionSettings | null {
  const result = readSuppressionSettings();
  if ('settings' in result) return result.settings;
  log.error('soft bounces not judged', { error: result.problem });
  return null;
}

/** A subscriber with the pause that its soft bounces in the log ask for, or without one. */
export async function withPause(connection: Connection, subscriber: Subscriber): Promise<Subscriber> {
  const current = settings();
  if (current === null) return subscriber;
  // Off is the default, and then the log is not asked.
  if (current.softBounceLimit === 0) return summarise(setPause(subscriber, null));
  const since = await lastDelivery(connection, subscriber.email);
  const failures = await softFailuresSince(connection, subscriber.email, since);
  return summarise(setPause(subscriber, pauseAfter(failures, since, subscriber.decisions, current)));
}
