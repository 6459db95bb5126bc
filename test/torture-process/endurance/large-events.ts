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
import { residentMemory } from './process-figures';

const events = 400;
const eventBytes = 900_000;
/** What docs/operations.md calls the least memory, in MiB of the heap. */
const heapMebibytes = 256;
const adminToken = 'admin-token-of-the-torture';
/** Readers of everything that is stored, a byte a second, and for how long, in milliseconds. */
const readers = 10;
const readingMs = 15_000;
/** How long one event is tried again, in milliseconds. */
const patienceMs = 240_000;

const summary = v.object({ totals: v.object({ delivered: v.number() }) });

/** Hundreds of events that are as large as one may be, at the same time, in a process with little memory. */
export function largeEvents(seed: number): Promise<HostFailureResult> {
  if (process.platform !== 'linux') return Promise.resolve(skip('memory is read from /proc'));
  return withFolder(async (folder) => {
    const env = {
      SPACE_ADMIN_TOKEN: adminToken,
      NODE_OPTIONS: `--max-old-space-size=${heapMebibytes}`,
    };
    const space = await SpaceProcess.serving({ directory: join(folder, 'space'), bundle: true, env });
    const url = space.url ?? '';
    const broken: string[] = [];
    const replies = new Map<string, number>();
    let mebibytes = 0;
    let answered = 0;
    const send = async (number: number) => {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const token = `large-${seed}-${number}`;
      const webhook = {
        signature: { timestamp, token, signature: hmac(timestamp, token, signingKey) },
        'event-data': {
          event: 'delivered',
          id: token,
          timestamp: Date.now() / 1000,
          recipient: `person-${number}@example.com`,
          'user-variables': { note: 'x'.repeat(eventBytes) },
        },
      };
      const isStored = await poll(async () => {
        const reply = await post(
          `${url}/mailgun/events`,
          { contentType: 'application/json', body: Buffer.from(JSON.stringify(webhook)) },
          120_000,
        );
        replies.set(String(reply), (replies.get(String(reply)) ?? 0) + 1);
        return reply === 200 || space.isOver;
      }, patienceMs);
      if (isStored && !space.isOver) answered += 1;
    };
    const isDone = async () => {
      const answer = await fetch(`${url}/api/summary`, { headers: { 'x-apikey': apiKey } });
      if (!answer.ok) return false;
      return v.parse(summary, await answer.json()).totals.delivered === events;
    };
    try {
      let isSending = true;
      const watch = async () => {
        while (isSending && !space.isOver) {
          mebibytes = Math.max(mebibytes, await residentMemory(space.pid).catch(() => 0));
          await sleep(50);
        }
      };
      const watching = watch();
      await Promise.all(Array.from({ length: events }, (_, number) => send(number)));
      if (!space.isOver && !(await poll(isDone, 120_000, 1000))) broken.push('not every event was counted');
      const text = `GET /dev/_A_D_M_export/email_events HTTP/1.1\r\nHost: space\r\nx-admintoken: ${adminToken}\r\n\r\n`;
      const behaviour = { name: 'read everything slowly', text, drip: '', bytesPerSecond: 1 };
      const crowd = new Crowd(Number(new URL(url).port), behaviour, readers);
      const gathering = crowd.gather();
      await sleep(readingMs);
      crowd.end();
      await gathering;
      if (!space.isOver && !(await isDone())) broken.push('nothing is answered after slow readers');
      isSending = false;
      await watching;
      if (space.isOver) broken.push(`the process ended:\n${space.output.slice(-1500)}`);
      if (answered < events) broken.push(`${events - answered} of ${events} were not answered 200`);
    } finally {
      await space.kill();
    }
    const told = [...replies].map(([reply, count]) => `${count} times ${reply}`).join(', ');
    return {
      saw: `${events} events of ${eventBytes} bytes at once with ${heapMebibytes} MiB of heap: ${told}; then ${readers} readers of all of them, a byte a second; at most ${mebibytes.toFixed(0)} MiB in all`,
      broken,
    };
  });
}
