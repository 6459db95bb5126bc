import { parseDomain } from '../events/domain-name';
import { parseMailbox } from '../events/mailbox';
import { log } from '../log';
import type { RawEntry } from '../mailgun/list-pages';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { decide } from '../subscribers/decide';
import { changeSubscriber } from '../subscribers/subscribers';
import { summarise } from '../subscribers/summary';
import { allow } from '../suppressions/allowlist';
import { findErased } from '../suppressions/erased';
import { type ListEntry, suppressionsByEntry } from '../suppressions/evidence';
import { publishSoon } from '../suppressions/feed';
import { addEvidence } from '../suppressions/fold';
import { idOfEntry, listEntries, placeOf, type StoredEntry } from '../suppressions/list-entries';
import { allMail, scopeOfTag } from '../suppressions/suppression';

/** What is done in the name of Mailgun's list. */
const lifting = {
  kind: 'lift',
  until: null,
  since: null,
  source: 'mailgun',
  by: null,
  why: "Removed from Mailgun's list.",
} as const;

/** Lifts here what was removed at Mailgun up to a moment. */
export async function liftRemoved(
  connection: Connection,
  { address, list, domain }: Pick<ListEntry, 'address' | 'list' | 'domain'>,
  scope: string | null,
  at: string,
): Promise<void> {
  await decide(connection, address, { ...lifting, list, domain, scope, at });
}

function entriesOf(
  place: { domain: string; list: ListEntry['list'] },
  raw: readonly RawEntry[],
): ListEntry[] {
  const entries = raw.flatMap(({ value, tags, code, error, createdAt }): ListEntry[] => {
    const address = parseMailbox(value);
    if (address === null) return [];
    const own = place.list === 'unsubscribe' ? [...new Set(tags.map((tag) => tag.toLowerCase()))].sort() : [];
    // Without a time it is as old as can be, so that every decision of a person wins.
    return [
      { ...place, address, tags: own, code, error, createdAt: createdAt ?? '1970-01-01T00:00:00.000Z' },
    ];
  });
  if (entries.length < raw.length)
    log.warn("entries of Mailgun's list are no addresses", {
      ...place,
      entries: raw.length - entries.length,
    });
  // Two spellings of an address are one entry.
  return [...new Map(entries.map((entry) => [entry.address, entry])).values()];
}

const contentOf = ({ tags, code, error, createdAt }: ListEntry) =>
  JSON.stringify([tags, code, error, createdAt]);

async function findStored(
  connection: Connection,
  entries: readonly ListEntry[],
): Promise<Map<string, StoredEntry>> {
  const found = await listEntries.findAll(connection, entries.map(idOfEntry));
  return new Map(found.map((entry) => [entry._id, entry]));
}

/** Stores a new entry, or one that has changed: first what it means for its address, then that it was seen. */
async function storeEntry(
  connection: Connection,
  entry: ListEntry,
  former: StoredEntry | undefined,
  { startedAt, settledAt }: { startedAt: string; settledAt: string },
): Promise<number> {
  for (const tag of former?.tags ?? [])
    if (!entry.tags.includes(tag))
      await liftRemoved(connection, entry, tag === allMail ? allMail : scopeOfTag(tag), settledAt);
  const unpublished = await changeSubscriber(connection, entry.address, (before) =>
    summarise(addEvidence(before, suppressionsByEntry(entry))),
  );
  const { address, list, domain, tags, code, error, createdAt } = entry;
  await listEntries.upsert(connection, idOfEntry(entry), {
    $set: { address, list, domain, tags, code, error, createdAt, seenAt: startedAt, place: placeOf(entry) },
  });
  return unpublished;
}

/**
 * Stores a page of one of Mailgun's suppression lists. Can be repeated.
 * @param times when the comparison began, and up to when what it does not see is taken for removed
 * @param salt of erased persons, whom the list must not bring back
 * @returns how many entries there were, and how many of them were new
 */
export async function storeSuppressions(
  connection: Connection,
  place: { domain: string; list: ListEntry['list'] },
  raw: readonly RawEntry[],
  times: { startedAt: string; settledAt: string },
  salt: string | null,
): Promise<{ seen: number; added: number }> {
  const all = entriesOf(place, raw);
  const addresses = all.map(({ address }) => address);
  const erased = salt === null ? new Map() : await findErased(connection, addresses, salt);
  const entries = all.filter(({ address }) => !erased.has(address));
  const stored = await findStored(connection, entries);
  const changed = entries.filter((entry) => {
    const former = stored.get(idOfEntry(entry));
    return former === undefined || contentOf(former) !== contentOf(entry);
  });
  const unpublished = await mapWithLimit(changed, (entry) =>
    storeEntry(connection, entry, stored.get(idOfEntry(entry)), times),
  );
  if (unpublished.some((count) => count > 0)) await publishSoon(connection);
  const isChanged = new Set(changed);
  const same = entries.filter((entry) => !isChanged.has(entry)).map(idOfEntry);
  await mapWithLimit(same, (_id) =>
    listEntries.updateIfMatches(connection, { _id }, { $set: { seenAt: times.startedAt } }),
  );
  return { seen: all.length, added: changed.filter((entry) => !stored.has(idOfEntry(entry))).length };
}

/** Stores a page of Mailgun's allowlist of a domain. Can be repeated. */
export async function storeAllowed(
  connection: Connection,
  domain: string,
  raw: readonly RawEntry[],
  startedAt: string,
): Promise<{ seen: number; added: number }> {
  await mapWithLimit(raw, async ({ value: given, reason, createdAt }) => {
    const value = given.includes('@') ? parseMailbox(given) : parseDomain(given);
    if (value === null) return;
    const at = createdAt ?? startedAt;
    await allow(connection, {
      value,
      domain,
      source: 'mailgun',
      at,
      by: null,
      why: reason,
      seenAt: startedAt,
    });
  });
  return { seen: raw.length, added: 0 };
}
