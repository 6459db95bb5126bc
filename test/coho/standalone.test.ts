import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { afterAll, expect, it } from 'vitest';
import { readSpaceFile } from '../../local/start/space-file';
import { temporaryFolder } from './cli';

const local = resolve('local');
const packageSchema = v.object({
  dependencies: v.record(v.string(), v.string()),
  devDependencies: v.record(v.string(), v.string()),
});

/** What the module imports, loads or resolves, by `import`, `import()` and `resolve()`. */
function importsOf(file: string): string[] {
  const statement = /(?:\bfrom |\bimport |\bimport\(|\.resolve\()'([^']+)'/g;
  return [...readFileSync(file, 'utf8').matchAll(statement)].flatMap(([, name]) => name ?? []);
}

it('imports nothing of this project beside itself, and only packages that are named as dependencies', () => {
  const { dependencies, devDependencies } = v.parse(
    packageSchema,
    JSON.parse(readFileSync('package.json', 'utf8')),
  );
  const files = readdirSync(local, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.test)\.(ts|mjs)$/.test(name),
  );
  const all = files.flatMap((name) => importsOf(join(local, name)).map((imported) => ({ name, imported })));
  expect(all.length).toBeGreaterThan(files.length);
  const foreign = all.filter(({ name, imported }) => {
    if (imported.startsWith('.')) {
      return relative(local, resolve(dirname(join(local, name)), imported)).startsWith('..');
    }
    const [scope = '', second = ''] = imported.split('/');
    const packageName = scope.startsWith('@') ? `${scope}/${second}` : scope;
    // The CLI compiles, and is what the owner of an app has anyway.
    return !isBuiltin(imported) && !(packageName in dependencies) && packageName !== 'codehooks';
  });
  expect(foreign).toEqual([]);
  expect(devDependencies).toHaveProperty('codehooks');
});

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

it('runs without the rest of this project, for the app of the folder that it is called in', async () => {
  const home = temporaryFolder();
  cpSync(local, join(home, 'tool'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'));
  const folder = join(home, 'app');
  cpSync('test/fixtures/apps/page', folder, { recursive: true });
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
