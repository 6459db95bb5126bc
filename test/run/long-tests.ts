import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { createRandom } from '../../tools/simulate/plan/random';
import { type Result, tellStarter } from '../torture/report';

// `npm run test:long`: the tests of the files `*.long.test.ts`, which `npm test` leaves out. The torture runs it too. CI runs some
// of the files, which change from run to run: `npm run test:long -- --sample 3`.

const report = v.object({
  numTotalTests: v.number(),
  testResults: v.array(
    v.object({ assertionResults: v.array(v.object({ fullName: v.string(), status: v.string() })) }),
  ),
});

const options = { sample: { type: 'string' }, seed: { type: 'string' } } as const;

/** The files of a sample, chosen by chance; none for all. */
async function chooseFiles(): Promise<string[]> {
  const { sample, seed = String(Math.floor(Date.now() / 1000)) } = parseArgs({ options }).values;
  if (sample === undefined) return [];
  const all: string[] = [];
  for (const folder of ['test', 'local/test'])
    for (const name of await readdir(folder, { recursive: true }))
      if (name.endsWith('.long.test.ts')) all.push(join(folder, name));
  const chosen = createRandom(Number(seed)).shuffle(all.sort()).slice(0, Number(sample));
  console.log(`Some of the tests that take long, by the seed ${seed}:\n  ${chosen.join('\n  ')}`);
  return chosen;
}

async function main(): Promise<number> {
  const files = await chooseFiles();
  const begun = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'long-tests-'));
  try {
    const file = join(folder, 'report.json');
    const child = spawn(
      'npx',
      ['vitest', 'run', ...files, '--reporter=default', '--reporter=json', `--outputFile=${file}`],
      {
        env: { ...process.env, LONG_TESTS: 'yes' },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    const [code] = await once(child, 'close');
    const { numTotalTests, testResults } = v.parse(report, JSON.parse(await readFile(file, 'utf8')));
    const result: Result = {
      name: 'tests that take long',
      cases: numTotalTests,
      failures: testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === 'failed')
        .map(({ fullName }) => fullName),
      seconds: (performance.now() - begun) / 1000,
    };
    tellStarter([result]);
    return code === 0 && numTotalTests > 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
