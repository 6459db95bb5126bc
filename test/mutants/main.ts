import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/*
 * Proves that the tests are awake: every patch in this folder breaks the code that keeps one invariant, and a
 * test must fail for each. Works in a copy of the repository, never in the working tree.
 *
 *   tsx test/mutants/main.ts [part of a patch's name]
 */

const run = promisify(execFile);
const root = process.cwd();
const folder = join(root, 'test', 'mutants');
const copied = [
  'src',
  'local',
  'tools',
  'test',
  'index.js',
  'config.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.tools.json',
  'vitest.config.ts',
];

interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly breaks: string;
  readonly soThat: string;
  readonly caughtBy: string;
}

async function readMutant(name: string): Promise<Mutant> {
  const file = join(folder, name);
  const text = await readFile(file, 'utf8');
  const line = (title: string) => {
    const found = new RegExp(`^${title}: (.+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`${name} has no line "${title}: ..."`);
    return found;
  };
  return {
    name: name.replace('.patch', ''),
    file,
    breaks: line('Breaks'),
    soThat: line('So that'),
    caughtBy: line('Caught by'),
  };
}

/** @returns the titles of the tests that fail, null when all pass */
async function failingTests(copy: string, files: readonly string[]): Promise<string[] | null> {
  try {
    await run('npx', ['vitest', 'run', '--bail', '1', '--reporter', 'json', ...files], {
      cwd: copy,
      maxBuffer: 256 * 1024 * 1024,
    });
    return null;
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    const titles = [...output.matchAll(/"status":"failed","title":"((?:[^"\\]|\\.)*)"/g)];
    // A mutant that does not even compile proves nothing.
    if (titles.length === 0) throw new Error(`The tests did not run: ${String(error).slice(0, 2000)}`);
    return titles.flatMap((title) => title[1] ?? []);
  }
}

async function main(): Promise<number> {
  const wanted = process.argv[2] ?? '';
  const names = (await readdir(folder)).filter((name) => name.endsWith('.patch') && name.includes(wanted));
  const mutants = await Promise.all(names.sort().map(readMutant));
  const copy = await mkdtemp(join(tmpdir(), 'mutants-'));
  let survivors = 0;
  try {
    for (const name of copied) await cp(join(root, name), join(copy, name), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const files = [...new Set(mutants.map(({ caughtBy }) => caughtBy))];
    const broken = await failingTests(copy, files);
    if (broken !== null) throw new Error(`Without any mutant a test fails: ${broken.join(', ')}`);
    for (const { name, file, breaks, soThat, caughtBy } of mutants) {
      await run('git', ['apply', '-C1', file], { cwd: copy });
      const failing = await failingTests(copy, [caughtBy]);
      await run('git', ['apply', '-C1', '--reverse', file], { cwd: copy });
      if (failing === null) survivors += 1;
      const verdict = failing === null ? 'SURVIVES' : `killed by "${failing[0]}"`;
      process.stdout.write(`${breaks}  ${name}: ${soThat} ${verdict}\n`);
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  process.stdout.write(`${mutants.length} mutants, ${survivors} survive\n`);
  return survivors === 0 ? 0 : 1;
}

process.exitCode = await main();
