import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { readSpaceFile } from '../../start/space-file';
import { temporaryFolder } from './cli';

const local = fileURLToPath(new URL('../..', import.meta.url));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

it('runs without the rest of this project, for the app of the folder that it is called in', async () => {
  const home = temporaryFolder();
  cpSync(local, join(home, 'tool'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'));
  const folder = join(home, 'app');
  cpSync(join(local, 'test/apps/page'), folder, { recursive: true });
  const command = (...args: string[]) => {
    const env = { PATH: process.env.PATH, HOME: home, PORT: '0' };
    const child = spawn(process.execPath, [join(home, 'tool/local-space.mjs'), ...args], {
      cwd: folder,
      env,
    });
    children.push(child);
    return child;
  };

  const space = command();
  const directory = join(folder, '.space');
  await expect.poll(() => readSpaceFile(directory), { timeout: 40_000 }).not.toBeNull();
  const { url = '', apiKey = '' } = readSpaceFile(directory) ?? {};
  const page = await fetch(`${url}/dashboard`, { headers: { 'x-apikey': apiKey } });
  expect(await page.text()).toBe(readFileSync(join(folder, 'page.html'), 'utf8'));

  expect(await text(command('coho', 'deploy').stdout)).toContain('Deployed Codehook successfully');
  expect(await text(command('coho', 'deploy', '--history', '--json').stdout)).toContain('(active)');
  space.kill('SIGTERM');
  expect(await text(space.stdout)).toContain('Stopping');
});
