import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { type App, event, signingKey, startApp } from '../app/app';
import { listen } from '../http/listen';

const page = join(process.cwd(), 'docs', 'customise.md');
const copied = ['index.js', 'package.json', 'config.json', 'tsconfig.json', 'src', 'docs'];
const empty = 'export const hooks: Hooks = {};';

/** The blocks of code of the page, each by the name of the file that its first line tells. */
async function blocks(): Promise<{ file: string; code: string }[]> {
  const markdown = await readFile(page, 'utf8');
  return [...markdown.matchAll(/```ts\n\/\/ (\S+)[^\n]*\n(.*?)```/gs)].map(([, file = '', code = '']) => {
    return { file, code };
  });
}

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A server of somebody else, which fails as often as it is told to and keeps what it took in. */
async function startReceiver() {
  const received: Received[] = [];
  const trouble = { times: 0 };
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    const body = await text(request);
    trouble.times -= 1;
    if (trouble.times >= 0) {
      response.writeHead(500).end();
      return;
    }
    received.push({ method, path, headers, body });
    response.end('ok');
  });
  const { url, stop } = await listen(server);
  onTestFinished(stop);
  return { url, received, trouble };
}

let folder: string;
let bundle: string;
const examples: string[] = [];

/** Every example for src/hooks.ts in one app, of which a variable chooses one; compiled as `coho deploy` would send it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'customise-'));
  for (const name of copied) await cp(join(process.cwd(), name), join(folder, name), { recursive: true });
  await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'), 'dir');
  const file = join(folder, 'src', 'hooks.ts');
  const source = await readFile(file, 'utf8');
  expect(source).toContain(empty);
  examples.push(...(await blocks()).filter((block) => block.file === 'src/hooks.ts').map(({ code }) => code));
  for (const [index, code] of examples.entries())
    await writeFile(join(folder, 'src', `example-${index}.ts`), source.replace(empty, code));
  const imports = examples.map(
    (_, index) => `import { hooks as example${index} } from './example-${index}';`,
  );
  const all = examples.map((_, index) => `example${index}`).join(', ');
  const chosen = `export const hooks: Hooks = [${all}][Number(process.env.EXAMPLE)] ?? {};`;
  await writeFile(file, `${imports.join('\n')}\n${source.replace(empty, chosen)}`);
  bundle = await compileBundle(folder, join(folder, 'bundle.js'));
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The app with the example for src/hooks.ts that contains a word, in a running space. */
async function startWith(word: string, env: Record<string, string>): Promise<App> {
  const index = examples.findIndex((code) => code.includes(word));
  if (index === -1) throw new Error(`docs/customise.md does not show how to use ${word}.`);
  const app = await startApp('bundle', {
    app: { kind: 'bundle', file: bundle },
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, EXAMPLE: String(index), ...env },
  });
  onTestFinished(() => app.stop());
  return app;
}

const story = v.object({
  items: v.array(v.object({ event: v.string(), state: v.nullable(v.string()), attempts: v.number() })),
});

/** Waits until an attempt at every event has come to its end. */
async function attempted(app: App, times: number): Promise<v.InferOutput<typeof story>['items']> {
  for (let rounds = 0; rounds < 2400; rounds += 1) {
    const { items } = v.parse(story, (await app.get('/api/events')).body);
    if (items.length > 0 && items.every(({ attempts }) => attempts >= times)) return items;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The events were not processed.');
}

/** Lets the sweep find what failed, as it does a while later. */
async function sweep(app: App): Promise<void> {
  const receivedAt = new Date(Date.now() - 3_600_000).toISOString();
  await app.connection.updateMany('email_events', {}, { $set: { receivedAt } });
  await app.runJobs();
}

describe('docs/customise.md', { timeout: 300_000 }, () => {
  it('shows every example as it is in docs/examples', async () => {
    const shown = (await blocks()).filter(({ file }) => file.startsWith('docs/examples/'));
    expect(shown.map(({ file }) => file)).toEqual([
      'docs/examples/notify-slack.ts',
      'docs/examples/remove-address.ts',
    ]);
    for (const { file, code } of shown) expect(code).toBe(await readFile(join(process.cwd(), file), 'utf8'));
  });

  it('tells Slack of a complaint, and again when Slack was down', async () => {
    const slack = await startReceiver();
    const app = await startWith('notifySlack', {
      SLACK_WEBHOOK_URL: `${slack.url}/services/T0/B0/x`,
    });
    slack.trouble.times = 1;
    await app.send(
      event('complained', {
        tags: ['spring'],
        message: { headers: { 'message-id': 'm@x', subject: 'Hello <!channel>' } },
      }),
    );
    await app.send(event('delivered'));
    const items = await attempted(app, 1);
    expect(items.find(({ event: name }) => name === 'complained')).toMatchObject({ state: null });
    await app.runJobs();
    expect((await app.get('/api/summary')).body).toMatchObject({ totals: { complaints: 1, delivered: 1 } });
    expect((await app.get('/api/suppressions/alice@example.com')).body).toMatchObject({ suppressed: true });
    const failed = await app.get('/api/events?event=complained');
    expect(failed.body.items).toMatchObject([{ lastError: 'Slack answers 500.' }]);
    expect(slack.received).toEqual([]);

    await sweep(app);
    await app.drain();
    expect(slack.received).toHaveLength(1);
    const [{ method, path, body } = { method: '', path: '', body: '{}' }] = slack.received;
    expect({ method, path }).toEqual({ method: 'POST', path: '/services/T0/B0/x' });
    expect(JSON.parse(body).text).toMatch(
      /^alice@example\.com complained about "Hello &lt;!channel&gt;" \(spring\), \d{4}-/,
    );
    expect(await app.audit()).toEqual([]);
  });

  it('removes from your database who must not be written to, and nobody else', async () => {
    const database = await startReceiver();
    const app = await startWith('removal', {
      CONTACTS_URL: `${database.url}/contacts`,
      CONTACTS_TOKEN: 'token-of-the-owner',
    });
    const from = (name: string) => ({ recipient: `${name}@example.com` });
    const failure = (fields: object) => ({ severity: 'permanent', reason: 'bounce', ...fields });
    await app.send(event('complained', from('complained')));
    await app.send(event('unsubscribed', { ...from('unsubscribed'), tags: ['*'] }));
    await app.send(event('unsubscribed', { ...from('only-a-tag'), tags: ['newsletter'] }));
    const noSuchUser = {
      code: 550,
      'enhanced-code': '5.1.1',
      'bounce-type': 'hard',
      message: 'No such user',
    };
    await app.send(event('failed', { ...from('no+mailbox'), ...failure({ 'delivery-status': noSuchUser }) }));
    await app.send(event('failed', { ...from('blocked'), ...failure({ reason: 'espblock' }) }));
    await app.send(event('failed', { ...from('deferred'), severity: 'temporary', reason: 'generic' }));
    await app.drain();
    expect(database.received.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /contacts/complained%40example.com',
      'DELETE /contacts/no%2Bmailbox%40example.com',
      'DELETE /contacts/unsubscribed%40example.com',
    ]);
    for (const { headers } of database.received)
      expect(headers.authorization).toBe('Bearer token-of-the-owner');
  });

  it('does several things at one event', async () => {
    const both = await startReceiver();
    const app = await startWith('Promise.all', {
      SLACK_WEBHOOK_URL: `${both.url}/slack`,
      CONTACTS_URL: `${both.url}/contacts`,
      CONTACTS_TOKEN: 'x',
    });
    await app.send(event('complained'));
    await app.drain();
    expect(both.received.map(({ method }) => method).sort()).toEqual(['DELETE', 'POST']);
  });
});
