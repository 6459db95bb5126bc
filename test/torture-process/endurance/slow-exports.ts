import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { hmac } from '../../torture/abuse/signature-variants';
import { type HostFailureResult, skip } from '../host-failures/host-failure-result';
import { poll } from '../poll';
import { post } from '../post';
import { apiKey, SpaceProcess, signingKey } from '../space-process';
import { withFolder } from '../temporary-folder';
import { Crowd } from './crowd';
import { GenuineSender } from './genuine-sender';
import { residentMemory } from './process-figures';

/** Readers at the same time, of each export. */
const readers = 100;
/** How long each export is read, in seconds. */
const seconds = 25;
/** A little more than the space asks of a reader, so that nobody is cut off for being too slow. */
const bytesPerSecond = 20 * 1024;
/** What docs/operations.md calls the least memory, in MiB of the heap. */
const heapMebibytes = 256;
/** What the process may take beside its heap: buffers, code, the database's cache. */
const maxMebibytes = 768;
/** Small events, and some of the largest size, so that an export that reads many at once needs much memory. */
const [events, largeEvents, largeBytes] = [3000, 40, 900_000];
/** A genuine webhook comes so often, in milliseconds. */
const everyMs = 50;
const leastAnswered = 0.99;

const exports = ['/api/events.csv', '/api/events.csv?original=yes', '/api/events.ndjson?original=yes'];

const summary = v.object({ totals: v.object({ delivered: v.number() }) });

async function fill(url: string, seed: number): Promise<void> {
  const numbers = Array.from({ length: events + largeEvents }, (_, number) => number);
  const lane = async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const token = `export-${seed}-${number}`;
      const note = 'x'.repeat(number % 75 === 0 && number / 75 < largeEvents ? largeBytes : 2000);
      const webhook = {
        signature: { timestamp, token, signature: hmac(timestamp, token, signingKey) },
        'event-data': {
          ...{ event: 'delivered', id: token, timestamp: Date.now() / 1000 },
          ...{ recipient: `person-${number}@example.com`, 'user-variables': { note } },
        },
      };
      const body = Buffer.from(JSON.stringify(webhook));
      const send = () => post(`${url}/mailgun/events`, { contentType: 'application/json', body }, 60_000);
      if (!(await poll(async () => (await send()) === 200, 60_000))) throw new Error('It cannot be filled.');
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  const counted = async () => {
    const answer = await fetch(`${url}/api/summary`, { headers: { 'x-apikey': apiKey } });
    return answer.ok && v.parse(summary, await answer.json()).totals.delivered === events + largeEvents;
  };
  if (!(await poll(counted, 120_000, 500))) throw new Error('Not every event was counted.');
}

/** A hundred readers of each export who take their time, in a process with little memory, while Mailgun goes on. */
export function slowExports(seed: number): Promise<HostFailureResult> {
  if (process.platform !== 'linux') return Promise.resolve(skip('memory is read from /proc'));
  return withFolder(async (folder) => {
    const env = { NODE_OPTIONS: `--max-old-space-size=${heapMebibytes}` };
    const space = await SpaceProcess.serving({ directory: join(folder, 'space'), bundle: true, env });
    const url = space.url ?? '';
    const broken: string[] = [];
    const saw: string[] = [];
    try {
      await fill(url, seed);
      for (const path of exports) {
        const text = `GET /dev${path} HTTP/1.1\r\nHost: space\r\nx-apikey: ${apiKey}\r\n\r\n`;
        const behaviour = { name: `read ${path}`, text, drip: '', bytesPerSecond };
        const crowd = new Crowd(Number(new URL(url).port), behaviour, readers);
        const sender = await GenuineSender.of(`${url}/mailgun/events`, seed);
        const gathering = crowd.gather();
        const answers: Promise<unknown>[] = [];
        let mebibytes = 0;
        const end = performance.now() + seconds * 1000;
        while (performance.now() < end && !space.isOver) {
          answers.push(sender.send());
          mebibytes = Math.max(mebibytes, await residentMemory(space.pid).catch(() => 0));
          await sleep(everyMs);
        }
        await Promise.all(answers);
        const { most, reading } = crowd.end();
        await gathering;
        const { sent, answered } = sender;
        saw.push(
          `${path}: ${most} readers at once, ${reading} of them with an answer; ${answered} of ${sent} genuine answered 200, ${mebibytes.toFixed(0)} MiB`,
        );
        if (space.isOver) {
          broken.push(`the process ended while ${readers} read ${path}:\n${space.output.slice(-800)}`);
          break;
        }
        if (most < readers) broken.push(`only ${most} read ${path}`);
        if (reading < readers) broken.push(`only ${reading} readers of ${path} were given anything`);
        if (answered < sent * leastAnswered)
          broken.push(`${sent - answered} of ${sent} genuine were not answered while ${path} was read`);
        if (mebibytes > maxMebibytes) broken.push(`${path} took ${mebibytes.toFixed(0)} MiB`);
      }
    } finally {
      await space.kill();
    }
    return {
      saw: `${heapMebibytes} MiB of heap, ${events} events and ${largeEvents} of ${largeBytes} bytes; ${saw.join('; ')}`,
      broken,
    };
  });
}
