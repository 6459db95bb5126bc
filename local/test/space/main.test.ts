import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readSpaceFile } from '../../start/space-file';
import { openStorage } from '../../storage';
import { usual } from '../../switches/switches';
import { readObject, temporaryFolder, tourFolder } from './tour';

const main = fileURLToPath(new URL('../../main.ts', import.meta.url));
const tsx = createRequire(import.meta.url).resolve('tsx');

/** What the project says of its secrets and of what the welcome names. */
const project = {
  secrets: [{ variable: 'WEBHOOK_KEY', name: 'signing key', prefix: 'key-', note: 'for development' }],
  pages: [{ route: 'GET /dashboard', label: 'Dashboard' }],
  hint: 'Try it in another terminal',
};

/** `npm start` as a process of its own, in a folder of its own, so that no `.env` of yours is read. */
class Start {
  readonly folder = temporaryFolder();
  output = '';
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;

  constructor(env: Record<string, string>, ...flags: string[]) {
    writeFileSync(join(this.folder, '.env'), 'TOUR=from the file\nPORT=http\n');
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ localSpace: project }));
    const app = join(tourFolder, 'index.js');
    this.child = spawn(process.execPath, ['--import', tsx, main, '--app', app, ...flags], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, PORT: '0', ...env },
    });
    this.child.stdout?.on('data', (part) => {
      this.output += part;
    });
    this.child.stderr?.on('data', (part) => {
      this.output += part;
    });
    this.exited = once(this.child, 'close');
  }

  async ready(): Promise<void> {
    await expect.poll(() => this.output, { timeout: 30_000 }).toContain('Try it in another terminal');
  }
}

const started: Start[] = [];
function start(env: Record<string, string>, ...flags: string[]): Start {
  const process = new Start(env, ...flags);
  started.push(process);
  return process;
}
afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
});

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe('npm start', () => {
  it('prints where everything is and keeps the keys that it makes', async () => {
    const directory = join(temporaryFolder(), 'data');
    const first = start({ SPACE_DIR: directory });
    await first.ready();
    const file = readSpaceFile(directory);
    expect(file).toMatchObject({
      pid: first.child.pid,
      signingKey: expect.stringMatching(/^key-[0-9a-f]{32}$/),
    });
    expect(first.output).toContain(file?.url);
    expect(first.output).toContain(file?.apiKey);
    expect(first.output).toContain(file?.signingKey);
    expect(first.output).not.toContain('Dashboard');
    expect(first.output).not.toMatch(/warning/i);
    for (const name of ['api-key', 'signing-key', 'space.json']) {
      expect(modeOf(join(directory, name))).toBe('600');
    }
    expect(modeOf(directory)).toBe('700');
    const response = await fetch(`${file?.url}/environment`, { headers: { 'x-apikey': file?.apiKey ?? '' } });
    expect(await response.json()).toEqual({ atLoad: 'from the file', now: 'from the file' });

    first.child.kill('SIGTERM');
    expect(await first.exited).toEqual([0, null]);
    expect(existsSync(join(directory, 'space.json'))).toBe(false);
    const second = start({ SPACE_DIR: directory });
    await second.ready();
    expect(readSpaceFile(directory)).toMatchObject({ apiKey: file?.apiKey, signingKey: file?.signingKey });
  });

  it('uses the keys of the environment', async () => {
    const directory = temporaryFolder();
    const space = start({
      SPACE_DIR: directory,
      SPACE_API_KEY: 'mine',
      WEBHOOK_KEY: 'secret',
    });
    await space.ready();
    const file = readSpaceFile(directory);
    expect(file).toMatchObject({ apiKey: 'mine' });
    expect(file).not.toHaveProperty('signingKey');
    expect(space.output).not.toContain('secret');
    expect(existsSync(join(directory, 'signing-key'))).toBe(false);
  });

  it('imports pages as text, as the compiler does, and names a dashboard', async () => {
    const directory = temporaryFolder();
    const space = start({ SPACE_DIR: directory }, '--app', join(tourFolder, '../page/index.js'));
    await space.ready();
    const file = readSpaceFile(directory);
    expect(space.output).toContain(`${file?.url}/dashboard`);
    const response = await fetch(`${file?.url}/dashboard`, { headers: { 'x-apikey': file?.apiKey ?? '' } });
    expect(await response.text()).toBe('<h1>Åpen</h1>\n');
  });

  it('refuses a data folder and a port that are in use', async () => {
    const directory = temporaryFolder();
    const first = start({ SPACE_DIR: directory });
    await first.ready();
    const sameFolder = start({ SPACE_DIR: directory });
    expect(await sameFolder.exited).toEqual([1, null]);
    expect(sameFolder.output).toMatch(/^Another space is running on the data folder .*\n$/);
    const { port } = new URL(readSpaceFile(directory)?.url ?? '');
    const samePort = start({ SPACE_DIR: temporaryFolder(), PORT: port });
    expect(await samePort.exited).toEqual([1, null]);
    expect(samePort.output).toBe(`Port ${port} is in use by another program; set PORT to a free one.\n`);
    expect(readSpaceFile(directory)).toMatchObject({ pid: first.child.pid });
  });

  it.each([
    [['--nonsense'], {}, /Unknown option '--nonsense'/],
    [['--switches', 'noMatch=maybe'], {}, /The switch noMatch cannot be "maybe", it is one of/],
    [['--switches', 'colour=red'], {}, /There is no switch "colour"/],
    [['--switches', 'noMatch'], {}, /name=value/],
    [[], { PORT: 'http' }, /PORT is "http"/],
    [[], { SPACE_DIR: '/dev/null/data' }, /The data folder \/dev\/null\/data cannot be made/],
    [[], { HOST: '203.0.113.1' }, /HOST is "203.0.113.1", which is no address of this machine/],
  ])('says in one sentence what is wrong with %j %j', async (flags, env, sentence) => {
    const failed = start({ SPACE_DIR: temporaryFolder(), ...env }, ...flags);
    expect(await failed.exited).toEqual([1, null]);
    expect(failed.output).toMatch(sentence);
    expect(failed.output.trim().split('\n')).toHaveLength(1);
  });

  it('finishes what runs when it is asked to stop', async () => {
    const { space, patient, release } = await startWithPatientRequest();
    space.child.kill('SIGTERM');
    await expect.poll(() => space.output).toContain('Stopping');
    release();
    expect(await patient).toBe(200);
    expect(await space.exited).toEqual([0, null]);
  });

  it('ends in order with code 1 after an exception that nobody catches, and keeps what was stored', async () => {
    const directory = temporaryFolder();
    const space = start({ SPACE_DIR: directory });
    await space.ready();
    const file = readSpaceFile(directory);
    const post = (path: string) =>
      fetch(`${file?.url}${path}`, { method: 'POST', headers: { 'x-apikey': file?.apiKey ?? '' } });
    expect((await post('/fall?how=reject')).status).toBe(200);
    await expect.poll(() => space.output).toContain('A rejection that nobody handled; the space goes on');
    expect((await post('/fall?how=throw')).status).toBe(200);
    expect(await space.exited).toEqual([1, null]);
    expect(space.output).toContain('ends after an exception that nobody caught: Error: fell by throw');
    expect(existsSync(join(directory, 'space.json'))).toBe(false);
    const storage = openStorage({ directory, switches: usual });
    expect(await storage.connection().count('falls')).toBe(2);
    await storage.close();
    expect(readFileSync(join(directory, 'log.jsonl'), 'utf8')).toContain('fell by throw');
  });

  it('ends at once when it is asked to stop again', async () => {
    const { space, patient } = await startWithPatientRequest();
    space.child.kill('SIGTERM');
    await expect.poll(() => space.output).toContain('Stopping');
    // Signals that come together are one; it takes another one, later, to cut the handler off.
    const signalAgain = () => {
      space.child.kill('SIGINT');
      return space.child.exitCode;
    };
    await expect.poll(signalAgain, { timeout: 5000 }).toBe(1);
    expect(await patient).toBe('cut off');
  });
});

/** A space with a request that is answered once `release` is called. */
async function startWithPatientRequest() {
  const directory = temporaryFolder();
  const space = start({ SPACE_DIR: directory });
  await space.ready();
  const file = readSpaceFile(directory);
  const get = (path: string) => fetch(`${file?.url}${path}`, { headers: { 'x-apikey': file?.apiKey ?? '' } });
  const signal = join(directory, 'go');
  const patient = get(`/patient?until=${signal}`).then(
    (response) => response.status,
    () => 'cut off',
  );
  await expect.poll(async () => (await readObject(await get('/waiting'))).state).toBe('waits');
  return { space, patient, release: () => writeFileSync(signal, '') };
}
