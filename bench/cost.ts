import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compileBundle } from '../local/runtime/compile-bundle';
import { type Space, startSpace } from '../local/space';
import { planCampaign, sendDeliveries } from '../tools/simulate';
import { encodeEvent, factsOf, signingKey } from './load/signed-event';
import { makeFolder } from './measure/folder';
import { recordCalls } from './ours/count-calls';

// What events cost in a space: storage calls and megabytes, for docs/operations.md.

const { values } = parseArgs({
  options: {
    recipients: { type: 'string', default: '4000' },
    concurrency: { type: 'string', default: '16' },
  },
});

const folder = makeFolder('cost');
const calls: string[] = [];
// The app logs a line per event; the tables are to be read.
const print = console.log;
console.log = () => undefined;

async function start(name: string): Promise<Space> {
  return startSpace({
    directory: join(folder, name),
    app: { kind: 'bundle', file: bundle },
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
    log: () => undefined,
    wrapConnection: (connection) => recordCalls(connection, calls),
  });
}

/** Waits until every event is done and no bucket waits for a count. */
async function settle({ connection, runJobs }: Space): Promise<void> {
  while ((await connection.count('email_events', { state: { $exists: false } })) > 0) await pause(50);
  // Longer than a count gathers a burst.
  await pause(3000);
  await runJobs();
}

/** Documents and the bytes of their JSON, by collection. */
async function sizes({ storage, connection }: Space): Promise<Map<string, { count: number; bytes: number }>> {
  const found = new Map<string, { count: number; bytes: number }>();
  for (const { name } of storage.describe()) {
    let [count, bytes] = [0, 0];
    await connection.getMany(name, {}).forEach((document: unknown) => {
      count += 1;
      bytes += Buffer.byteLength(JSON.stringify(document));
    });
    found.set(name, { count, bytes });
  }
  return found;
}

function byFunction(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of calls) {
    const [name = ''] = call.split(' ');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const bundle = await compileBundle(process.cwd(), join(folder, 'bundle.js'));
try {
  const lone = await start('lone');
  await settle(lone);
  calls.length = 0;
  await lone.runJobs();
  const idle = calls.length;
  calls.length = 0;
  const body = encodeEvent(0, factsOf(0, 'campaigns'));
  const headers = { 'content-type': 'application/json' };
  await fetch(`${lone.url}/mailgun/events`, { method: 'POST', headers, body });
  await settle(lone);
  const alone = calls.length - idle;
  await lone.stop();

  const space = await start('campaign');
  await settle(space);
  calls.length = 0;
  const plan = planCampaign({
    recipients: Number(values.recipients),
    tags: ['spring-sale', 'newsletter'],
    seed: 7,
  });
  const genuine = plan.deliveries.filter(({ purpose }) => purpose !== 'forgery');
  const sent = await sendDeliveries(genuine, {
    url: space.url,
    signingKey,
    concurrency: Number(values.concurrency),
  });
  await settle(space);
  const collections = await sizes(space);
  const events = collections.get('email_events')?.count ?? 0;
  const disk = space.storage.bytes();

  print(`A scheduled run that finds nothing to do: ${idle} storage calls.`);
  print(`A delivered event alone, with its count and a scheduled run: ${alone} storage calls.`);
  print(
    `A campaign to ${values.recipients} people: ${events} events in ${sent.acknowledged} acknowledged requests, ${Math.round(sent.seconds)} s.`,
  );
  print(
    `${calls.length} storage calls: ${(calls.length / events).toFixed(1)} per event, ${(calls.length / sent.acknowledged).toFixed(1)} per request.`,
  );
  for (const [name, count] of Object.entries(byFunction()).sort(([, a], [, b]) => b - a)) {
    print(`  ${name.padEnd(18)}${(count / events).toFixed(2).padStart(7)} per event`);
  }
  let total = 0;
  for (const [name, { count, bytes }] of collections) {
    total += bytes;
    print(
      `  ${name.padEnd(24)}${String(count).padStart(8)} documents${String(Math.round(bytes / Math.max(1, count))).padStart(8)} bytes each${(bytes / events).toFixed(0).padStart(8)} MB per million events`,
    );
  }
  print(
    `JSON: ${(total / events).toFixed(0)} MB per million events. On this disk, indexes and free pages included: ${(disk / events).toFixed(0)} MB.`,
  );
  await space.stop();
} finally {
  console.log = print;
}
