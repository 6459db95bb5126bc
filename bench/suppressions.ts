import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { startSpace } from '../local/space';
import { readJsonEvent } from '../src/events/json';
import { idOfKey } from '../src/store/ids';
import { applyEvent } from '../src/subscribers/apply-event';
import { newSubscriber, type Subscriber } from '../src/subscribers/subscriber';
import { createHttpClient } from '../tools/http-client';
import { percentile } from './scale/measure-routes';
import { startSpaceProcess } from './space-process';

/** How long it takes to ask for 1,000 addresses at once, with as many suppressions as given and with ten times as many. */
const { values } = parseArgs({
  options: {
    suppressions: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '200' },
  },
});
const sizes = [Number(values.suppressions), 10 * Number(values.suppressions)];
const rounds = Number(values.rounds);

/** Documents of one insert. */
const batchSize = 1000;
/** Addresses of one request: every second one is suppressed. */
const asked = 1000;

const answer = v.object({ items: v.array(v.unknown()) });

const addressOf = (n: number) => `person${n}@example.com`;

/** The state of a suppressed address, as an event has made it. */
function suppressed(n: number): Subscriber {
  const email = addressOf(n);
  const timestamp = 1_780_000_000 + n;
  const common = { id: `e${n}`, timestamp, recipient: email, domain: { name: 'mg.example.com' } };
  const event = readJsonEvent(
    n % 3 === 0
      ? { ...common, event: 'unsubscribed', tags: ['news'] }
      : { ...common, event: 'failed', severity: 'permanent', reason: 'bounce' },
    0,
  );
  if (event === null) throw new Error('The plan makes events only.');
  return applyEvent(newSubscriber(email), event, 0);
}

async function fill(directory: string, size: number): Promise<void> {
  const space = await startSpace({
    directory,
    app: { kind: 'sources', entry: join(process.cwd(), 'index.js') },
    log: () => {},
  });
  try {
    for (let at = 0; at < size; at += batchSize) {
      const documents = Array.from({ length: Math.min(batchSize, size - at) }, (_, index) => ({
        _id: idOfKey(addressOf(at + index), 'any'),
        ...suppressed(at + index),
      }));
      await space.connection.insertOne('subscribers', documents);
    }
  } finally {
    await space.stop();
  }
}

async function measure(folder: string, size: number): Promise<number[]> {
  const space = await startSpaceProcess([], folder);
  const client = createHttpClient(1);
  const times: number[] = [];
  try {
    // The first rounds warm up.
    for (let round = -20; round < rounds; round += 1) {
      const addresses = Array.from({ length: asked }, (_, at) =>
        at % 2 === 0 ? addressOf(Math.floor(Math.random() * size)) : `free${round}-${at}@example.com`,
      );
      const body = Buffer.from(JSON.stringify({ addresses, domain: 'mg.example.com', tags: ['news'] }));
      const began = performance.now();
      const { status, text } = await client.send(new URL(`${space.url}/api/suppressions/check`), {
        method: 'POST',
        headers: { 'x-apikey': space.apiKey, 'content-type': 'application/json' },
        body,
      });
      if (round >= 0) times.push(performance.now() - began);
      if (status !== 200) throw new Error(`The check was answered ${status}: ${text}`);
      const { items } = v.parse(answer, JSON.parse(text));
      if (items.length !== asked / 2)
        throw new Error(`Of ${asked} addresses ${items.length} were found suppressed, not every second.`);
    }
  } finally {
    client.close();
    await space.stop();
  }
  return times;
}

const table: Record<string, object> = {};
for (const size of sizes) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-suppressions-'));
  try {
    await fill(folder, size);
    const megabytes = Math.round(statSync(join(folder, 'space.db')).size / 1e6);
    const times = await measure(folder, size);
    const at = (share: number) => Number(percentile(times, share).toFixed(1));
    table[`${size.toLocaleString('en')} suppressions`] = {
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      megabytes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(`Milliseconds of ${rounds} requests that ask for ${asked} addresses each, one after another`);
console.table(table);
