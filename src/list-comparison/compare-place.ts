import { accountsOf } from '../mailgun/account';
import { hasEntry, readListPage } from '../mailgun/list-pages';
import type { MailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { allowlist } from '../suppressions/allowlist';
import { listEntries, placeOf } from '../suppressions/list-entries';
import { type Place, writePlace } from './places';
import { liftRemoved, storeAllowed, storeSuppressions } from './store-entries';

/**
 * How long what happens takes until Mailgun's lists show it. What is younger than that when a list is read is not
 * taken for removed.
 */
const settleMs = 900_000;
/** Entries that are looked at together when they are gone. */
const goneBatch = 200;

interface Limits {
  /** Milliseconds since 1970. */
  deadline: number;
  salt: string | null;
}

/** Reads the list page by page and stores what it holds. @returns the place, as far as it came */
async function readList(
  connection: Connection,
  settings: MailgunSettings,
  domain: string,
  start: Place,
  { deadline, salt }: Limits,
): Promise<Place> {
  let place = start;
  while (!place.isRead && Date.now() < deadline) {
    const { list, startedAt } = place;
    if (startedAt === null) throw new Error('A comparison that goes on has begun.');
    const { entries, next } = await readListPage(settings, domain, list, place.page);
    const settledAt = new Date(Date.parse(startedAt) - settleMs).toISOString();
    const { seen, added } =
      list === 'allow'
        ? await storeAllowed(connection, place.domain, entries, startedAt)
        : await storeSuppressions(
            connection,
            { domain: place.domain, list },
            entries,
            { startedAt, settledAt },
            salt,
          );
    place = {
      ...place,
      page: next,
      isRead: next === null,
      seen: place.seen + seen,
      added: place.added + added,
      lastError: null,
    };
    await writePlace(connection, place);
  }
  return place;
}

/** Lifts what the list had before and has no more. Each is asked for once more: a page may have missed it. */
async function liftGone(
  connection: Connection,
  settings: MailgunSettings,
  domain: string,
  start: Place,
  { deadline }: Limits,
): Promise<Place> {
  let place = start;
  const { list, startedAt } = place;
  if (startedAt === null) throw new Error('A comparison that goes on has begun.');
  if (list === 'allow') {
    await allowlist.removeMany(connection, {
      domain: place.domain,
      source: 'mailgun',
      seenAt: { $lt: startedAt },
    });
    return finished(place, startedAt);
  }
  const settledAt = new Date(Date.parse(startedAt) - settleMs).toISOString();
  while (Date.now() < deadline) {
    const gone = await listEntries.list(
      connection,
      { place: placeOf({ domain: place.domain, list }), seenAt: { $lt: startedAt } },
      { sort: { seenAt: 1 }, limit: goneBatch },
    );
    if (gone.length === 0) return finished(place, startedAt);
    for (const entry of gone) {
      if (Date.now() >= deadline) break;
      if (await hasEntry(settings, domain, list, entry.address)) {
        await listEntries.updateMany(connection, { _id: entry._id }, { $set: { seenAt: startedAt } });
        continue;
      }
      await liftRemoved(connection, entry, null, settledAt);
      await listEntries.removeMany(connection, { _id: entry._id });
      place = { ...place, lifted: place.lifted + 1 };
    }
    await writePlace(connection, place);
  }
  return place;
}

function finished(place: Place, startedAt: string): Place {
  return {
    ...place,
    comparedFrom: startedAt,
    finishedAt: new Date().toISOString(),
    comparisons: place.comparisons + 1,
    startedAt: null,
    page: null,
    isRead: false,
  };
}

/**
 * Compares one list of one domain with Mailgun's from where the last run stopped, until it is through or the time is
 * over. Every step can be repeated.
 * @param domain as in the settings
 * @throws MailgunProblem, or when storage fails
 */
export async function comparePlace(
  connection: Connection,
  settings: MailgunSettings,
  domain: string,
  given: Place,
  limits: Limits,
): Promise<Place> {
  const begun: Place =
    given.startedAt === null
      ? {
          ...given,
          startedAt: new Date().toISOString(),
          page: null,
          isRead: false,
          seen: 0,
          added: 0,
          lifted: 0,
        }
      : given;
  const start = { ...begun, domain: accountsOf(settings, domain).name };
  if (given.startedAt === null) await writePlace(connection, start);
  const read = await readList(connection, settings, domain, start, limits);
  if (!read.isRead) return read;
  const after = await liftGone(connection, settings, domain, read, limits);
  await writePlace(connection, after);
  return after;
}
