import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { exportEvents } from '../../tools/export/export-events';
import { type App, dayAgo, event, startApp } from '../app/app';
import { listen } from '../http/listen';
import { runTool } from './run-tool';

const root = mkdtempSync(join(tmpdir(), 'export-'));
let app: App;
let folders = 0;
let to: string;
beforeAll(async () => {
  app = await startApp('bundle');
  for (const days of [0, 3, 0, 1])
    await app.send(
      event('delivered', {
        timestamp: Date.now() / 1000 - days * 86_400,
        'user-variables': { order_id: `o-${days}` },
      }),
    );
  await app.drain();
});
afterAll(async () => {
  await app.stop();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  folders += 1;
  to = join(root, String(folders));
});

const line = v.looseObject({ key: v.string(), occurredAt: v.string() });
const keysOf = (text: string): string[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((one) => v.parse(line, JSON.parse(one)).key);

async function wanted(): Promise<string[]> {
  const answer = await fetch(`${app.url}/api/events.ndjson`, { headers: { 'x-apikey': app.apiKey } });
  return keysOf(await answer.text()).sort();
}

function files(): string[] {
  return readdirSync(to, { recursive: true, encoding: 'utf8' })
    .filter((name) => /day=.*\./.test(name))
    .sort();
}

/** Every line of the files; a torn one does not parse. */
const exported = (): string[] =>
  files()
    .flatMap((name) => keysOf(gunzipSync(readFileSync(join(to, name))).toString()))
    .sort();

async function run(
  options: Partial<Parameters<typeof exportEvents>[1]> = {},
  url = app.url,
): Promise<number> {
  let events = 0;
  const given = { to, format: 'ndjson', withOriginal: false, ...options } as const;
  for await (const progress of exportEvents({ url, apiKey: app.apiKey }, given)) events = progress.events;
  return events;
}

it('writes every event into the files of its day, and goes on where it ended', async () => {
  const all = (await wanted()).length;
  expect(await run()).toBe(all);
  expect(files().map((name) => name.slice(0, 14))).toEqual(
    expect.arrayContaining([`day=${dayAgo(3)}`, `day=${dayAgo(1)}`, `day=${dayAgo(0)}`]),
  );
  expect(exported()).toEqual(await wanted());
  expect(await run()).toBe(0);
  await app.send(event('opened', { timestamp: Date.now() / 1000 - 3 * 86_400 }));
  await app.drain();
  expect(await run()).toBe(1);
  expect(exported()).toEqual(await wanted());
});

it('a run that died before it noted its end is done again without a second copy', async () => {
  await run();
  const before = readFileSync(join(to, 'export.json'), 'utf8');
  await app.send(event('clicked'));
  await app.drain();
  await run();
  await app.send(event('clicked'));
  await app.drain();
  writeFileSync(join(to, 'export.json'), before);
  writeFileSync(join(to, 'export.lock'), '999999999');
  mkdirSync(join(to, `day=${dayAgo(9)}`));
  writeFileSync(join(to, `day=${dayAgo(9)}`, 'x.ndjson.gz.unfinished'), 'torn');
  expect(await run()).toBe(2);
  rmSync(join(to, `day=${dayAgo(9)}`), { recursive: true });
  expect(exported()).toEqual(await wanted());
});

it('an answer that breaks off counts as far as its lines are whole', async () => {
  let [asked, cut] = [0, 0];
  const proxy = createServer(async (request, response) => {
    asked += 1;
    const answer = await fetch(app.url + String(request.url), { headers: { 'x-apikey': app.apiKey } });
    const text = await answer.text();
    // Within the second line, as long as there is one.
    const end = text.indexOf('\n') + 20;
    if (text.length > end) cut += 1;
    response.writeHead(200, { 'content-length': text.length });
    response.write(text.slice(0, end), () =>
      text.length > end ? setTimeout(() => response.destroy(), 20) : response.end(),
    );
  });
  const { url, stop } = await listen(proxy);
  onTestFinished(stop);
  expect(await run({}, url)).toBe((await wanted()).length);
  expect(exported()).toEqual(await wanted());
  expect(cut).toBeGreaterThan(2);
  expect(asked).toBeGreaterThan(cut);
});

it('writes Parquet with types, and the original on demand', async () => {
  await run({ format: 'parquet', withOriginal: true });
  const rows = [];
  for (const name of files()) {
    const bytes = readFileSync(join(to, name));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    rows.push(...(await parquetReadObjects({ file })));
  }
  expect(rows.map(({ key }) => key).sort()).toEqual(await wanted());
  expect(rows.find(({ userVariables }) => userVariables?.order_id === 'o-3')).toMatchObject({
    event: 'delivered',
    severity: null,
    occurredAt: expect.any(Date),
    timestamp: expect.any(Number),
    tags: [],
    raw: expect.stringContaining('"event":"delivered"'),
  });
});

it.each([
  [[], 'Say where the files go: --to FOLDER.'],
  [['--to', 'x', '--format', 'xml'], '--format is one of ndjson, parquet.'],
  [['--to', 'x', '--api-key', 'wrong'], 'The space refuses the API key.'],
])('%j ends in a sentence', async (given, sentence) => {
  const space = given.includes('--api-key')
    ? ['--url', app.url]
    : ['--url', app.url, '--api-key', app.apiKey];
  const { code, out, err } = await runTool('export', [...given, ...space]);
  expect({ code, out, err: err.trim() }).toEqual({ code: 2, out: '', err: sentence });
});

it('a folder keeps its space and its format, and has one run at a time', async () => {
  const space = ['--url', app.url, '--api-key', app.apiKey];
  const { code, out } = await runTool('export', ['--to', to, ...space]);
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^Done: \d+ new events in /m) });
  expect((await runTool('export', ['--to', to, ...space])).out).toMatch(/^Nothing new/);
  await expect(run({ format: 'parquet' })).rejects.toThrow(/holds ndjson without originals/);
  await expect(run({}, 'http://other.example')).rejects.toThrow(/into another folder/);
  writeFileSync(join(to, 'export.lock'), String(process.pid));
  await expect(run()).rejects.toThrow(/already: wait for it, or end it/);
});
