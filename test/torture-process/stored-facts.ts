import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import * as v from 'valibot';
import { openStorage } from '../../local/storage';
import { usual } from '../../local/switches/quirks';
import { identifyLogged } from './notices';

/** The counters that both apps keep per tag, by their common names. */
export const sharedCounters = [
  'accepted',
  'delivered',
  'opens',
  'clicks',
  'failures',
  'complaints',
  'unsubscribes',
] as const;
export type SharedCounters = Record<(typeof sharedCounters)[number], number>;

/** What a space's storage holds, read from its disk. */
export interface StoredFacts {
  /** How often each event is in the log, by identity. */
  readonly logged: ReadonlyMap<string, number>;
  /** Counters by tag; empty when the app keeps none. */
  readonly campaigns: ReadonlyMap<string, SharedCounters>;
  /** Status by address. */
  readonly subscribers: ReadonlyMap<string, string>;
  /** Events that are stored and wait for their effects (ours only). */
  readonly pending: number;
  readonly dead: number;
  /** Jobs that wait or run. */
  readonly jobs: number;
}

const logged = v.object({
  event: v.optional(v.string(), ''),
  timestamp: v.optional(v.number(), 0),
  recipient: v.optional(v.nullable(v.string()), null),
  state: v.optional(v.nullable(v.string()), null),
});
const counter = v.optional(v.number(), 0);
const campaign = v.object({
  tag: v.optional(v.nullable(v.string()), null),
  ...v.entriesFromList(sharedCounters, counter),
});
const subscriber = v.object({ email: v.string(), status: v.optional(v.string(), 'active') });

/**
 * Copies what is stored, also while a space runs: first the database as it is at one moment, then the journal, which
 * holds what the database does not have yet.
 */
function copyStored(from: string, to: string): void {
  for (;;) {
    const database = new Libsql(join(from, 'space.db'));
    try {
      database.exec(`VACUUM INTO '${join(to, 'space.db')}'`);
    } finally {
      database.close();
    }
    try {
      for (const name of readdirSync(from).filter((one) => one.startsWith('journal-')))
        copyFileSync(join(from, name), join(to, name));
      return;
    } catch {
      // A file of the journal went meanwhile: the database has come further.
      for (const name of readdirSync(to)) rmSync(join(to, name));
    }
  }
}

/** Reads a data folder, also one on which a space runs. */
export async function readStoredFacts(directory: string): Promise<StoredFacts> {
  const copy = mkdtempSync(join(tmpdir(), 'stored-'));
  try {
    copyStored(directory, copy);
    return await readFacts(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function readFacts(directory: string): Promise<StoredFacts> {
  const storage = openStorage({ directory, quirks: usual });
  try {
    const connection = storage.connection();
    const all = async <Schema extends v.GenericSchema>(collection: string, schema: Schema) => {
      const documents = await connection.getMany(collection, {}).toArray();
      return documents.map((document): v.InferOutput<Schema> => v.parse(schema, document));
    };
    const events = await all('email_events', logged);
    const counts = new Map<string, number>();
    for (const event of events) {
      const identity = identifyLogged(event);
      counts.set(identity, (counts.get(identity) ?? 0) + 1);
    }
    return {
      logged: counts,
      campaigns: new Map(
        (await all('campaign_stats', campaign)).flatMap(({ tag, ...counters }) =>
          tag === null ? [] : [[tag, counters] as const],
        ),
      ),
      subscribers: new Map(
        (await all('subscribers', subscriber)).map(({ email, status }) => [
          email.trim().toLowerCase(),
          status,
        ]),
      ),
      pending: events.filter(({ state }) => state === null).length,
      dead: events.filter(({ state }) => state === 'dead').length,
      jobs: storage.queue.pending(),
    };
  } finally {
    await storage.close();
  }
}

/** Writes the addresses of a mailing list into an empty data folder, as the example expects to find them. */
export async function writeSubscribers(directory: string, addresses: Iterable<string>): Promise<void> {
  const storage = openStorage({ directory, quirks: usual });
  try {
    for (const email of addresses) {
      await storage.connection().insertOne('subscribers', { email, status: 'active' });
    }
  } finally {
    await storage.close();
  }
}
