import { compareAndSet } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { type Alert, alerts } from './alert';
import { type AlertFields, acknowledged, muted } from './life';

async function change(
  connection: Connection,
  id: string,
  decide: (alert: Alert) => AlertFields | null,
): Promise<Alert | null> {
  const found = await alerts.find(connection, id);
  if (found === null || found.state === null) return null;
  await compareAndSet(connection, alerts, {
    id,
    identity: {},
    parse: (document) => alerts.parse(document),
    decide: (stored) => (stored === null ? null : decide(stored)),
  });
  return alerts.find(connection, id);
}

/**
 * A person has seen an alert: it is not repeated any more, until it gets worse.
 * @returns the alert, null when there is none
 */
export function acknowledgeAlert(
  connection: Connection,
  id: string,
  by: string | null,
  now: number,
): Promise<Alert | null> {
  return change(connection, id, (alert) => acknowledged(alert, by, now));
}

/**
 * Nobody is told of an alert, nor of the next one of its rule and scope, until a time.
 * @param until ISO; null: it is told again
 */
export function muteAlert(
  connection: Connection,
  id: string,
  until: string | null,
  by: string | null,
  now: number,
): Promise<Alert | null> {
  return change(connection, id, (alert) => muted(alert, until, by, now));
}
