import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { type Space, startSpace } from '../../local/space';
import { signingKey } from '../load/signed-event';
import { makeFolder } from '../measure/folder';

// What one run of the back-fill compares of the rows that Mailgun writes in five minutes, when each answer takes 50 to 300 ms.

const { values } = parseArgs({
  options: {
    /** A million mails a day, and five times as many. */
    rows: { type: 'string', default: '11800,59000' },
    markdown: { type: 'string' },
  },
});

const apis = { events: 300, logs: 100 } as const;
const spanSeconds = 300;
/** So long nobody asks Mailgun when a run is over, in milliseconds. */
const restMs = 3000;

const counts = v.object({ pages: v.number(), given: v.number() });
const started = v.object({ url: v.string() });

interface Measured {
  readonly rows: number;
  readonly api: string;
  readonly kind: 'missing' | 'known';
  readonly pages: number;
  readonly compared: number;
  readonly seconds: number;
}

async function startMailgun(rows: number, api: keyof typeof apis) {
  const first = Date.now() / 1000 - 7200;
  const args = [rows, first, spanSeconds, apis[api], api].map(String);
  const child = fork(join('bench', 'backfill', 'mailgun.ts'), args, { execArgv: ['--import', 'tsx'] });
  const [message]: unknown[] = await once(child, 'message');
  return { url: v.parse(started, message).url, stop: () => child.kill() };
}

async function countsOf(url: string): Promise<v.InferOutput<typeof counts>> {
  return v.parse(counts, await (await fetch(`${url}/counts`)).json());
}

/** Runs the cron job once, and waits until Mailgun is asked no more. */
async function runOnce(space: Space, url: string): Promise<Omit<Measured, 'rows' | 'api' | 'kind'>> {
  const before = await countsOf(url);
  const begun = performance.now();
  let last = begun;
  const job = space.runJobs('*/5 * * * *');
  let now = before;
  for (;;) {
    await pause(100);
    const next = await countsOf(url);
    if (next.pages > now.pages) last = performance.now();
    now = next;
    if (performance.now() - last > restMs) break;
  }
  await job;
  return { pages: now.pages - before.pages, compared: now.given, seconds: (last - begun) / 1000 };
}

async function measure(bundle: string, rows: number, api: keyof typeof apis): Promise<Measured[]> {
  const mailgun = await startMailgun(rows, api);
  const space = await startSpace({
    directory: makeFolder(`backfill-${rows}-${api}`),
    app: { kind: 'bundle', file: bundle },
    env: {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
      MAILGUN_API_KEY: 'key',
      MAILGUN_API_URL: mailgun.url,
      MAILGUN_DOMAINS: 'mg.example.com',
    },
    log: () => undefined,
  });
  space.stopClock();
  try {
    const missing = await runOnce(space, mailgun.url);
    for (let left = missing.compared; left < rows; ) {
      await space.runJobs('* * * * *');
      left = (await runOnce(space, mailgun.url)).compared;
    }
    while ((await space.connection.count('email_events', { state: { $exists: false } })) > 0)
      await pause(200);
    await space.connection.removeMany('backfill_cursors', {});
    mailgun.stop();
    return [{ rows, api, kind: 'missing', ...missing }];
  } finally {
    await space.stop();
    mailgun.stop();
  }
}

const print = console.log;
console.log = () => undefined;
const bundle = await compileBundle(process.cwd(), join(makeFolder('backfill-bundle'), 'bundle.js'));
const all: Measured[] = [];
for (const rows of values.rows.split(',').map(Number))
  for (const api of ['events', 'logs'] as const) {
    const measured = await measure(bundle, rows, api);
    for (const one of measured)
      print(
        `${one.rows} rows, ${one.api}: ${one.compared} in one run (${one.pages} pages, ${one.seconds.toFixed(1)} s)`,
      );
    all.push(...measured);
  }
if (values.markdown !== undefined) {
  const lines = all.map(
    ({ rows, api, compared, pages, seconds }) =>
      `| ${rows} | ${api} | ${compared} | ${pages} | ${seconds.toFixed(1)} |`,
  );
  writeFileSync(
    values.markdown,
    [
      '| rows | API | compared in one run | pages | seconds |',
      '| ---: | --- | ---: | ---: | ---: |',
      ...lines,
      '',
    ].join('\n'),
  );
}
process.exit(0);
