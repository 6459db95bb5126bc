import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../local/connection';
import type { Quirks } from '../local/quirks';
import { startSpace } from '../local/space';
import { encodeDeliveredEvent, signingKey } from './delivered-event';

/** Names of the storage calls that one event has caused. */
export interface StorageCalls {
  untilAnswer: string[];
  worker: string[];
}

function recordCalls(connection: Connection, calls: string[]): Connection {
  return new Proxy(connection, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        calls.push(`${String(name)} ${String(args[0])}`);
        return Reflect.apply(member, target, args);
      };
    },
  });
}

/**
 * Sends delivered events with two tags to a space in this process and counts the calls of the last one at
 * the interface of the Datastore.
 * @param events how many are sent: 1 shows an address that is new, 2 one that is known
 */
export async function countStorageCalls(
  bundle: string,
  quirks: Partial<Quirks>,
  events: number,
): Promise<StorageCalls> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-calls-'));
  const calls: string[] = [];
  // The app logs a line per event; the table is to be read.
  const log = console.log;
  console.log = () => undefined;
  const space = await startSpace({
    directory,
    app: { kind: 'bundle', file: bundle },
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
    quirks,
    log: () => undefined,
    wrapConnection: (connection) => recordCalls(connection, calls),
  });
  try {
    for (let n = 0; n < events; n += 1) {
      calls.length = 0;
      const { body } = encodeDeliveredEvent(n, { recipient: 'one@example.com', tags: ['a', 'b'] });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${space.url}/mailgun/events`, { method: 'POST', headers, body });
      if (response.status !== 200) throw new Error(`The event was answered ${response.status}.`);
      while ((await space.connection.count('email_events', { state: { $exists: false } })) > 0)
        await sleep(5);
      await sleep(50);
    }
    const answered = calls.indexOf('enqueue processMailgunEvent') + 1;
    return { untilAnswer: calls.slice(0, answered), worker: calls.slice(answered) };
  } finally {
    console.log = log;
    await space.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
