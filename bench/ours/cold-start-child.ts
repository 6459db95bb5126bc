import { harshest } from '../../local/quirks';
import { loadApp } from '../../local/runtime/app-source';
import { startSpace } from '../../local/space';
import { createHttpClient } from '../../tools/http-client';
import { encodeEvent, signingKey } from '../load/signed-event';

// One cold start, in a process of its own. Arguments: the bundle, another bundle with which the space itself is
// warmed up, a data folder that the app has used before, and an empty one.

const [bundle = '', other = '', directory = '', empty = ''] = process.argv.slice(2);
const env = { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey };
const quirks = harshest;
const client = createHttpClient(1);
const body = () =>
  Buffer.from(encodeEvent(Date.now(), { type: 'delivered', recipient: 'one@example.com', tags: ['a', 'b'] }));
const headers = { 'content-type': 'application/json' };

async function start(
  file: string,
  folder: string,
): Promise<{ began: number; loaded: number; answered: number }> {
  const event = body();
  const began = performance.now();
  const space = await startSpace({ directory: folder, app: { kind: 'bundle', file }, env, log: () => {} });
  const loaded = performance.now();
  await client.send(new URL(`${space.url}/mailgun/events`), { method: 'POST', headers, body: event });
  const answered = performance.now();
  await space.stop();
  return { began, loaded, answered };
}

await start(other, empty);
const open = () => Promise.reject(new Error('Nothing is stored while an app loads.'));
const before = performance.now();
await loadApp({ kind: 'bundle', file: bundle }, { open, env, quirks });
const load = performance.now() - before;
const { began, loaded, answered } = await start(bundle, directory);
process.send?.({ load, spaceStart: loaded - began, firstAnswer: answered - loaded });
client.close();
process.disconnect?.();
