import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Cli, type CohoSpace, json, startCoho } from './cli';

const curious = `
import { app, Datastore } from 'codehooks-js';
app.get('/variables', (req, res) => {
  console.log('the passphrase is', process.env.PASSPHRASE);
  const { GREETING, PASSPHRASE } = process.env;
  res.json({ GREETING, PASSPHRASE });
});
app.post('/things', async (req, res) => {
  const db = await Datastore.open();
  res.json(await db.insertOne('things', req.body));
});
export default app.init();`;

const passphrase = 'open sesame, please';

let space: CohoSpace;
beforeAll(async () => {
  space = await startCoho({ env: { GREETING: 'of the machine' } });
  space.cli.write(curious);
  await space.cli.print('deploy');
});

const variables = async (of: CohoSpace = space) => (await of.call('/variables')).json();

/** The text of every file of a folder. */
const contentOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

describe('coho set-env', () => {
  it('gives the running app a variable and takes it away again', async () => {
    expect(await variables()).toEqual({ GREETING: 'of the machine' });
    expect(await space.cli.print('set-env', 'GREETING', 'of the owner')).toContain(
      'Added environment variable',
    );
    expect(await variables()).toEqual({ GREETING: 'of the owner' });
    expect(await space.cli.print('info')).toContain('GREETING=of the owner');
    expect(await space.cli.print('remove-env', 'GREETING')).toContain('removed');
    expect(await variables()).toEqual({ GREETING: 'of the machine' });
    expect(await space.cli.print('remove-env', 'GREETING')).toContain('has no variable "GREETING"');
    expect((await space.cli.run(['set-env', 'NO-NAME', 'x'])).err).toContain('letters, digits and _ only');
  });

  it('keeps an encrypted value where nobody reads it, and gives it to the app after a restart too', async () => {
    await space.cli.print('set-env', 'PASSPHRASE', passphrase, '--encrypted');
    expect(await variables()).toMatchObject({ PASSPHRASE: passphrase });
    const shown = await Promise.all([
      space.cli.print('info'),
      space.cli.print('info', '--json'),
      space.cli.print('logs'),
    ]);
    expect(shown.join()).not.toContain(passphrase);
    expect(shown[0]).toContain('PASSPHRASE=(encrypted)');
    expect(shown[2]).toContain('the passphrase is <secret>');

    await space.stop();
    expect(contentOf(space.directory)).not.toContain(passphrase);
    const { cli } = space;
    space = await startCoho({ directory: space.directory });
    space.cli.write(readFileSync(join(cli.folder, 'index.js'), 'utf8'));
    expect(await variables()).toMatchObject({ PASSPHRASE: passphrase });
  });
});

describe('tokens and addresses', () => {
  it('makes tokens, read-only too, which count until they are removed', async () => {
    const made = await Promise.all([
      space.cli.print('add-token', '--description', 'the writer'),
      space.cli.print('add-token', '--readonly'),
    ]);
    const [writer = '', reader = ''] = made.map((output) => /token (\w+) with/.exec(output)?.[1]);
    const status = async (token: string, path: string, init: RequestInit = {}) => {
      const headers = { ...init.headers, 'x-apikey': token };
      return (await fetch(space.url + path, { ...init, headers })).status;
    };
    expect(await status(writer, '/things', json({}))).toBe(200);
    expect(await status(reader, '/variables')).toBe(200);
    expect(await status(reader, '/things', json({}))).toBe(401);
    const info = await space.cli.print('info');
    expect(info).toMatch(new RegExp(`${reader} +\\(R\\)`));

    expect(await space.cli.print('remove-token', writer)).toContain('Token removed');
    expect(await status(writer, '/variables')).toBe(401);
    expect(await space.cli.print('remove-token', space.apiKey)).toContain('comes from SPACE_API_KEY');
    expect(await status(space.apiKey, '/variables')).toBe(200);
  });

  it('serves only the addresses of a list, once there is one', async () => {
    await space.cli.print('whitelist', '203.0.113.9');
    expect((await space.call('/variables')).status).toBe(403);
    await space.cli.print('whitelist-remove', '203.0.113.9');
    expect((await space.call('/variables')).status).toBe(200);
  });

  it('makes admin tokens, for machines that deploy', async () => {
    const token = /[0-9a-f]{32,}/.exec(await space.cli.print('add-admintoken'))?.[0] ?? '';
    const machine = new Cli(space.url, 'no login');
    expect(await machine.print('query', 'things', '--admintoken', token)).toMatch(/^\[/);
    expect((await machine.run(['query', 'things', '--admintoken', 'another'])).err).toContain('No access');
    expect(await space.cli.print('admintokens')).toContain(token.slice(0, 5));
  });
});

describe('spaces and projects', () => {
  it('adds a space with an app, data and variables of its own, works on it, and removes it', async () => {
    expect(await space.cli.print('add', 'prod')).toContain('New space prod added');
    expect(await space.cli.print('add', 'prod')).not.toContain('New space prod added');
    expect(await space.cli.print('use', 'prod')).toContain("'prod'");
    await space.cli.print('deploy');
    await space.cli.print('set-env', 'GREETING', 'of prod');
    const prod = space.url.replace(/dev$/, 'prod');
    const token =
      /"key": "(\w+)"/.exec(await space.cli.print('info', '--json', '--space', 'prod'))?.[1] ?? '';
    const call = (base: string, apiKey: string) =>
      fetch(`${base}/variables`, { headers: { 'x-apikey': apiKey } });
    expect(await (await call(prod, token)).json()).toEqual({ GREETING: 'of prod' });
    expect((await call(prod, space.apiKey)).status).toBe(401);
    expect((await call(space.url, token)).status).toBe(401);
    expect(await variables()).not.toMatchObject({ GREETING: 'of prod' });
    await space.cli.print('set', 'where', 'in prod');
    expect(await space.connection.get('where')).toBeNull();

    expect(await space.cli.print('use', 'nowhere')).not.toContain('Active space set');
    expect((await space.cli.run(['remove-space', 'prod'], [['Really delete', 'y']])).out).toContain(
      'removed successfully',
    );
    expect((await call(prod, token)).status).toBe(404);
    await space.cli.print('use', 'dev');
  });

  it('makes a project, whose spaces stand beside those of the first', async () => {
    const { cli } = space;
    const { out } = await cli.run(
      ['create', '-n', 'shop'],
      [
        ['Project:', ''],
        ['Select personal', ''],
      ],
    );
    const project = /new project '([\w-]+)'/.exec(out)?.[1] ?? '';
    expect(project).toMatch(/^shop/);
    await cli.print('set', 'where', 'in the shop', '--project', project);
    expect(await space.connection.get('where')).toBeNull();
    expect((await cli.print('get', 'where', '--project', project)).trim()).toBe('in the shop');
    expect(await cli.print('account')).toContain(project);
  });
});
