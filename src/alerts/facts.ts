import { readCursors } from '../backfill/cursors';
import type { Cursor } from '../backfill/documents';
import { readLease } from '../backfill/lease';
import { type Backlog, lastReceivedAt, readBacklog } from '../event-log/backlog';
import { type Place, readPlaces } from '../list-comparison/places';
import { accountsOf } from '../mailgun/account';
import { readMailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { readHits } from './mailgun-hits';
import type { KnownHit } from './memory';
import { type NumbersCompared, readNumbersCompared } from './numbers-compared';
import { readRefusedSignatures } from './refused-signatures';
import type { HourOfDays } from './statistics-read';

/** What is known of how the app itself fares. */
export interface Facts {
  readonly backlog: Backlog;
  readonly lastReceivedAt: string | null;
  /** Requests of the last hour with a wrong signature; null when it is not known yet. */
  readonly refusedSignatures: number | null;
  /** Null when Mailgun is not asked. */
  readonly backfill: {
    readonly lastError: string | null;
    /** Which accounts refuse to name their domains, while others are compared. */
    readonly unread: string | null;
    /** By the name of the domain. */
    readonly cursors: ReadonlyMap<string, Cursor>;
  } | null;
  readonly places: readonly Place[];
  readonly hits: readonly KnownHit[] | null;
  /** Null when Mailgun is not asked. */
  readonly numbers: NumbersCompared | null;
  readonly lastHourBefore: HourOfDays;
  readonly thisHourBefore: HourOfDays;
}

async function readBackfill(connection: Connection): Promise<Facts['backfill']> {
  const result = readMailgunSettings();
  if ('problem' in result || result.settings.apiKeys.length === 0) return null;
  const { settings } = result;
  const [lease, cursors] = await Promise.all([readLease(connection), readCursors(connection)]);
  const isWanted = (domain: string) => settings.domains.length === 0 || settings.domains.includes(domain);
  const wanted = [...cursors].filter(([domain]) => isWanted(domain));
  return {
    lastError: lease.lastError,
    unread: lease.unread,
    cursors: new Map(wanted.map(([domain, cursor]) => [accountsOf(settings, domain).name, cursor])),
  };
}

/** Reads what the rules of the operation go by; the same number of reads whatever the number of events. */
export async function readFacts(
  connection: Connection,
  now: number,
  usual: Pick<Facts, 'lastHourBefore' | 'thisHourBefore'>,
): Promise<Facts> {
  const backlog = await readBacklog(connection);
  const [received, refusedSignatures, backfill, hits, numbers] = await Promise.all([
    lastReceivedAt(connection, backlog),
    readRefusedSignatures(connection, now),
    readBackfill(connection),
    readHits(connection, now),
    readNumbersCompared(connection, now),
  ]);
  // Without a key no list is compared.
  const places = backfill === null ? [] : await readPlaces(connection);
  return { backlog, lastReceivedAt: received, refusedSignatures, backfill, places, hits, numbers, ...usual };
}
