import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Result, tellStarter } from '../torture/report';

// `npm run test:long`: the tests of the files `*.long.test.ts`, which `npm test` leaves out. The torture runs it too.

const report = v.object({
  numTotalTests: v.number(),
  testResults: v.array(
    v.object({ assertionResults: v.array(v.object({ fullName: v.string(), status: v.string() })) }),
  ),
});

async function main(): Promise<number> {
  const begun = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'long-tests-'));
  try {
    const file = join(folder, 'report.json');
    const child = spawn(
      'npx',
      ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile=${file}`],
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
