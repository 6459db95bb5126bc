import type { Connection } from '../store/connection';

/** An alert that is open, as the digest tells it. */
export interface OpenAlert {
  title: string;
  level: 'warn' | 'critical';
  /** When it was opened, ISO time. */
  openedAt: string;
}

/** Reads the open alerts, the gravest first. */
export type ReadOpenAlerts = (connection: Connection) => Promise<readonly OpenAlert[]>;

/** The one place where the digest asks for alerts: nothing raises any yet. */
export const readOpenAlerts: ReadOpenAlerts = async () => [];
