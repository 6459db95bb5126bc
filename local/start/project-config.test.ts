import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { noApp } from '../runtime/empty-manifest';
import { StartError } from '../start-error';
import { fieldOf, fileOf, readProjectConfig } from './project-config';
import { welcome } from './welcome';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function read(packageFile?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'project-'));
  folders.push(folder);
  if (packageFile !== undefined) writeFileSync(join(folder, 'package.json'), packageFile);
  return readProjectConfig(folder);
}

const secret = { variable: 'HOOK_KEY', name: 'hook key', note: 'for development' };

it.each([undefined, '{}', '{"localSpace": {}}', '{"name": "another"}'])('%s configures nothing', (text) => {
  expect(read(text)).toEqual({ secrets: [], pages: [] });
});

it.each([
  ['{', 'is not JSON'],
  ['{"localSpace": {"secret": []}}', 'localSpace.secret cannot be'],
  [
    JSON.stringify({ localSpace: { secrets: [{ ...secret, name: 'api key' }] } }),
    'localSpace.secrets.0.name',
  ],
  [
    JSON.stringify({ localSpace: { secrets: [{ ...secret, variable: '../x' }] } }),
    'localSpace.secrets.0.variable',
  ],
  [
    JSON.stringify({ localSpace: { pages: [{ route: '/hooks', label: 'Hooks' }] } }),
    'localSpace.pages.0.route',
  ],
])('%s is refused with a sentence', (text, sentence) => {
  expect(() => read(text)).toThrow(StartError);
  expect(() => read(text)).toThrow(sentence);
});

const facts = {
  url: 'http://localhost:3000/dev',
  apiKey: 'a',
  adminToken: 'b',
  app: 'the sources',
  directory: '.space',
};

it('the welcome names what the project asks for, as far as the app has it', () => {
  const config = read(
    JSON.stringify({
      localSpace: {
        secrets: [secret],
        address: { route: 'POST /hooks', label: 'Hook URL' },
        pages: [{ route: 'GET /page', label: 'Page' }],
        hint: 'Try it.',
      },
    }),
  );
  const [made] = config.secrets.map((found) => ({ ...found, value: 'v' }));
  expect(made && [fileOf(made), fieldOf(made)]).toEqual(['hook-key', 'hookKey']);
  const manifest = (route: string) => ({ ...noApp, routehooks: { [route]: [] } });
  const text = welcome({ ...facts, config, secrets: made ? [made] : [], manifest: manifest('POST /hooks') });
  expect(text).toMatch(/Hook URL +http:\/\/localhost:3000\/dev\/hooks\n/);
  expect(text).toMatch(/Hook key +v {2}\(for development\)\n\nTry it\.$/);
  expect(text).not.toContain('Page');
  const other = welcome({ ...facts, config, secrets: [], manifest: manifest('GET /page') });
  expect(other).toMatch(/URL +http:\/\/localhost:3000\/dev\n +Page +http:\/\/localhost:3000\/dev\/page\n/);
  expect(other).not.toMatch(/Hook (URL|key)/);
});
