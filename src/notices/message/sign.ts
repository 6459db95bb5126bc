import type { StoredNotice } from '../notice';

/** What stands before the title, so that the level is seen without a colour. */
export function signOf({ kind, level }: StoredNotice): string {
  if (kind !== 'alert' || level === undefined) return '';
  return level === 'critical' ? '[critical] ' : '[warning] ';
}
