import { openAlerts } from '../alerts/alert';
import { describeAlert } from '../alerts/words';
import type { Connection } from '../store/connection';

/** An alert that is open, as the digest tells it. */
export interface OpenAlert {
  title: string;
  level: 'warn' | 'critical';
  /** When it was opened, ISO time. */
  openedAt: string;
}

/** Reads the open alerts, the gravest first, of these the oldest. */
export async function readOpenAlerts(connection: Connection): Promise<OpenAlert[]> {
  const open = await openAlerts(connection);
  return open
    .map((alert) => ({ title: describeAlert(alert), level: alert.level, openedAt: alert.openedAt }))
    .sort((a, b) =>
      a.level === b.level ? (a.openedAt < b.openedAt ? -1 : 1) : a.level === 'critical' ? -1 : 1,
    );
}
