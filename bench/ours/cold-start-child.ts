import { setTimeout as sleep } from 'node:timers/promises';
import { loadApp } from '../../local/runtime/app-source';
import { startSpace } from '../../local/space';
import { usual } from '../../local/switches/quirks';
import { createHttpClient } from '../../tools/http-client';
import { encodeEvent, signingKey } from '../load/signed-event';

// One cold start, in a process of its own. Arguments: the bundle, another bundle with which the space itself is
// warmed up, a data folder, an empty one, and `settle` to end only when the event has had its effects.

const [bundle = '', other = '', directory = '', empty = '', settle = ''] = process.argv.slice(2);
/** Milliseconds in which one event is processed and counted. */
const settled = 5000;
const env = { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey };
const quirks = usual;
const client = createHttpClient(1);
const body = () =>
  Buffer.from(encodeEvent(Date.now(), { type: 'delivered', recipient: 'one@example.com', tags: ['a', 'b'] }));
const headers = { 'content-type': 'application/json' };

async function start(
  file: string,
  folder: string,
): Promise<{ began: number; loaded: number; answered: number; cpu: NodeJS.CpuUsage }> {
  const event = body();
  const began = performance.now();
  const space = await startSpace({ directory: folder, app: { kind: 'bundle', file }, env, log: () => {} });
  const cpuLoaded = process.cpuUsage();
  const loaded = performance.now();
  await client.send(new URL(`${space.url}/mailgun/events`), { method: 'POST', headers, body: event });
  const answered = performance.now();
  const cpu = process.cpuUsage(cpuLoaded);
  if (settle === 'settle') await sleep(settled);
  await space.stop();
  return { began, loaded, answered, cpu };
}

await start(other, empty);
const open = () => Promise.reject(new Error('Nothing is stored while an app loads.'));
const cpuBefore = process.cpuUsage();
const before = performance.now();
await loadApp({ kind: 'bundle', file: bundle }, { open, env, quirks });
const load = performance.now() - before;
const loadCpu = process.cpuUsage(cpuBefore);
const { began, loaded, answered, cpu } = await start(bundle, directory);
const microseconds = loadCpu.user + loadCpu.system + cpu.user + cpu.system;
process.send?.({
  load,
  spaceStart: loaded - began,
  firstAnswer: answered - loaded,
  cpu: microseconds / 1000,
});
client.close();
process.disconnect?.();
