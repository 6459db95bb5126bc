import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../local/connection';
import { type Space, startSpace } from '../../local/space';
import type { Switches } from '../../local/switches/switches';
import { createHttpClient } from '../../tools/http-client';
import { processedByUs } from '../candidates/ours';
import { type EventFacts, encodeEvent, factsOf, signingKey, type Tagging } from '../load/signed-event';
import { makeFolder } from '../measure/folder';

/** Names of the storage calls that one event has caused. */
export interface StorageCalls {
  readonly untilAnswer: readonly string[];
  readonly worker: readonly string[];
  /** The count that makes it visible, which a burst shares. */
  readonly count: readonly string[];
}

/** A connection that notes every call, as its name and its first argument, before it makes it. */
export function recordCalls(connection: Connection, calls: string[]): Connection {
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

/** Runs the app in this process, with its calls of the Datastore, the keys and the queues recorded. */
async function withRecordedCalls<Result>(
  bundle: string,
  switches: Partial<Switches>,
  run: (space: Space, calls: string[]) => Promise<Result>,
): Promise<Result> {
  const calls: string[] = [];
  // The app logs a line per event; the table is to be read.
  const log = console.log;
  console.log = () => undefined;
  const space = await startSpace({
    directory: makeFolder('calls'),
    app: { kind: 'bundle', file: bundle },
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
    switches,
    log: () => undefined,
    wrapConnection: (connection) => recordCalls(connection, calls),
  });
  try {
    return await run(space, calls);
  } finally {
    console.log = log;
    await space.stop();
  }
}

async function send(space: Space, bodies: readonly string[], connections: number): Promise<void> {
  const client = createHttpClient(connections);
  const url = new URL(`${space.url}/mailgun/events`);
  const headers = { 'content-type': 'application/json' };
  const waiting = [...bodies];
  const sendOn = async () => {
    for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) {
      const { status } = await client.send(url, { method: 'POST', headers, body: Buffer.from(body) });
      if (status !== 200) throw new Error(`An event was answered ${status}.`);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, sendOn));
  } finally {
    client.close();
  }
}

/** Longer than a count is put off and takes, in milliseconds. */
const longestCount = 3500;

/**
 * Waits until events are counted.
 * @returns how many calls had been made when the workers were through and only counting was left
 */
async function waitUntilCounted(space: Space, events: number, calls: string[]): Promise<number> {
  while ((await space.connection.count('email_events', { state: { $exists: false } })) > 0) await sleep(2);
  await sleep(30);
  const processed = calls.length;
  await sleep(longestCount);
  const made = [...calls];
  // To ask costs calls too, which are not the events'.
  const counted = await processedByUs(space.url, { 'x-apikey': space.apiKey });
  if (counted < events) throw new Error(`Only ${counted} of ${events} events are counted.`);
  calls.splice(0, calls.length, ...made);
  return processed;
}

/**
 * The storage calls of one event, the last of those that are sent.
 * @param events how many are sent: 1 shows an address that is new, 2 one that is known
 */
export function countStorageCalls(
  bundle: string,
  switches: Partial<Switches>,
  facts: EventFacts,
  events: number,
): Promise<StorageCalls> {
  return withRecordedCalls(bundle, switches, async (space, calls) => {
    let processed = 0;
    for (let n = 0; n < events; n += 1) {
      calls.length = 0;
      await send(space, [encodeEvent(n, facts)], 1);
      processed = await waitUntilCounted(space, n + 1, calls);
    }
    const answered = calls.indexOf('enqueue processMailgunEvent') + 1;
    return {
      untilAnswer: calls.slice(0, answered),
      worker: calls.slice(answered, processed),
      count: calls.slice(processed),
    };
  });
}

/** The storage calls per event of a burst, from the first answer until all is counted. */
export function countCallsOfBurst(
  bundle: string,
  switches: Partial<Switches>,
  events: number,
  tagging: Tagging,
): Promise<number> {
  return withRecordedCalls(bundle, switches, async (space, calls) => {
    calls.length = 0;
    const bodies = Array.from({ length: events }, (_, n) => encodeEvent(n, factsOf(n, tagging)));
    await send(space, bodies, 32);
    await waitUntilCounted(space, events, calls);
    return calls.length / events;
  });
}
