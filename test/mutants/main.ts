import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import * as v from 'valibot';
import { createRandom } from '../../tools/simulate/plan/random';
import { tellStarter } from '../torture/report';
import { formatTable } from '../torture-process/table';

/*
 * Proves that the tests find what is broken: every patch in this folder breaks the code that keeps one promise, and a
 * test must fail for each. Runs only the test file that a patch names. Works in a copy of the repository, never
 * in the working tree, and prints a table in the end.
 */

const usage = `Usage: npm run mutants -- [NAME] [--sample NUMBER] [--seed SEED]

  NAME             only mutants with this in their name
  --sample NUMBER  so many of them, chosen by chance; the tests are not run without a mutant first
  --seed SEED      where chance begins; printed, so that a run can be repeated. Default: the clock

Exit code: 0 when a test failed for every mutant, 1 when one survived.`;

const run = promisify(execFile);
const root = process.cwd();
const folder = join(root, 'test', 'mutants');
const copied = [
  'src',
  'local',
  'tools',
  'test',
  'docs',
  'index.js',
  'config.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.tools.json',
  'vitest.config.ts',
];

/** Takes the place of the compilation that the tests otherwise share, which takes half of the time of a mutant. */
const quickCompilation = `
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleQuickly } from './bundle-quickly';

export default async function compileOnce(project) {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-bundle-'));
  project.provide('bundleFile', await bundleQuickly(process.cwd(), join(folder, 'bundle.js')));
  return () => rmSync(folder, { recursive: true, force: true });
}
`;

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

const vitestReport = v.object({
  testResults: v.array(
    v.object({
      assertionResults: v.array(
        v.object({ title: v.string(), status: v.string(), failureMessages: v.array(v.string()) }),
      ),
    }),
  ),
});

interface Failure {
  readonly title: string;
  readonly message: string;
}

const isLong = (file: string) => file.endsWith('.long.test.ts');

/** @param files all of them tests that take long, or none @returns the tests that fail, null when all pass */
async function failingTests(copy: string, files: readonly string[]): Promise<Failure[] | null> {
  if (files.length === 0) return null;
  try {
    await run('npx', ['vitest', 'run', '--bail', '1', '--reporter', 'json', ...files], {
      cwd: copy,
      // A test that is skipped here is told by `npm test`.
      env: {
        ...process.env,
        CI: undefined,
        EVERY_FAULT: 'yes',
        LONG_TESTS: files.every(isLong) ? 'yes' : undefined,
      },
      maxBuffer: 256 * 1024 * 1024,
    });
    return null;
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    const lines = output.split('\n').filter((line) => line.startsWith('{"numTotalTestSuites"'));
    const failed = lines
      .flatMap((line) => v.parse(vitestReport, JSON.parse(line)).testResults)
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed')
      .map(({ title, failureMessages }) => ({ title, message: failureMessages.join('\n').slice(0, 2000) }));
    // A mutant that does not even compile proves nothing.
    if (failed.length === 0) throw new Error(`The tests did not run: ${String(error).slice(0, 2000)}`);
    return failed;
  }
}

interface Arguments {
  readonly wanted: string;
  /** Undefined for all. */
  readonly sample: number | undefined;
  readonly seed: number;
}

function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { sample: { type: 'string' }, seed: { type: 'string' } },
  });
  const sample = values.sample === undefined ? undefined : Number(values.sample);
  const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed);
  if (!Number.isInteger(sample ?? 1) || !Number.isInteger(seed)) throw new Error(usage);
  return { wanted: positionals[0] ?? '', sample, seed };
}

async function main(): Promise<number> {
  const { wanted, sample, seed } = readArguments();
  const all = (await readdir(folder))
    .filter((name) => name.endsWith('.patch') && name.includes(wanted))
    .sort();
  const names = sample === undefined ? all : createRandom(seed).shuffle(all).slice(0, sample);
  if (sample !== undefined) process.stderr.write(`${names.length} of ${all.length} mutants, seed ${seed}\n`);
  const mutants = await Promise.all(names.map(readMutant));
  const copy = await mkdtemp(join(tmpdir(), 'mutants-'));
  const rows: string[][] = [];
  const survivors: string[] = [];
  const begun = performance.now();
  try {
    for (const name of copied) await cp(join(root, name), join(copy, name), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    await writeFile(join(copy, 'test', 'app', 'compile-once.ts'), quickCompilation);
    const files = [...new Set(mutants.map(({ caughtBy }) => caughtBy))];
    const broken: Failure[] = [];
    if (sample === undefined)
      for (const some of [files.filter((file) => !isLong(file)), files.filter(isLong)])
        broken.push(...((await failingTests(copy, some)) ?? []));
    if (broken.length > 0)
      throw new Error(
        `Without any mutant a test fails: ${broken.map(({ title, message }) => `${title}\n${message}`).join('\n')}`,
      );
    for (const { name, file, breaks, soThat, caughtBy } of mutants) {
      await run('git', ['apply', '-C1', file], { cwd: copy });
      const failing = await failingTests(copy, [caughtBy]);
      await run('git', ['apply', '-C1', '--reverse', file], { cwd: copy });
      if (failing === null) survivors.push(name);
      const killer = failing === null ? 'SURVIVES' : `\`${caughtBy}\`: ${failing[0]?.title ?? ''}`;
      process.stderr.write(`${name}: ${killer}\n`);
      rows.push([breaks, `\`${name}\``, soThat, killer]);
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  process.stdout.write(`${formatTable(['breaks', 'mutant', 'so that', 'a test that fails then'], rows)}\n\n`);
  process.stdout.write(`${mutants.length} mutants, ${survivors.length} survive\n`);
  tellStarter([
    {
      name: 'mutants, each of which a test must find',
      cases: mutants.length,
      failures: survivors.map((name) => `no test fails with ${name}`),
      seconds: (performance.now() - begun) / 1000,
    },
  ]);
  return mutants.length > 0 && survivors.length === 0 ? 0 : 1;
}

process.exitCode = await main();
