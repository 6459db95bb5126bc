import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { readDuration } from './duration';
import { partNames } from './parts';
import { tableOf } from './print';
import { type Result, report } from './report';

const usage = `Usage: npm run torture -- [--seed N] [--long TIME]

Tries to break every promise of the app: some trials take it apart in process, the others kill, starve and
confuse the real one. Several run at the same time. Prints in the end what was tried, in one table.
  --seed N     where chance begins; printed, so that a run can be repeated. Default: the clock
  --long TIME  goes on for this long after the ordinary run: 600, 10m, 2h

Exit code: 0 when every promise was kept, 1 when one was broken.`;

/** One process of the torture. */
interface Trial {
  readonly name: string;
  readonly file: string;
  readonly arguments: readonly string[];
  /** Whether its own report says more than its rows of the table. */
  readonly isDetailed: boolean;
}

interface Outcome {
  readonly results: readonly Result[];
  readonly details: string;
}

/** Trials in process at the same time; the real process mostly waits, for what it has killed to start again. */
const lanes = 2;

/** Runs one trial; what it says meanwhile goes to stderr. */
async function run({ name, file, arguments: given, isDetailed }: Trial): Promise<Outcome> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...given], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  const results: Result[] = [];
  child.on('message', (message) => results.push(...v.parse(report, message).results));
  if (child.stdout === null) throw new Error(`${name} cannot be listened to.`);
  const [details, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  process.off('exit', end);
  const isBroken = results.some(({ failures }) => failures.length > 0);
  if (results.length === 0 || (code !== 0 && !isBroken))
    results.push({
      name,
      cases: 0,
      failures: [`it ended with code ${code} before its end`],
      seconds: (performance.now() - begun) / 1000,
    });
  return { results, details: isDetailed ? details : '' };
}

async function inLanes(trials: readonly Trial[]): Promise<Outcome[]> {
  const waiting = [...trials.entries()];
  const outcomes: Outcome[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      outcomes[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return outcomes;
}

function readArguments(): { seed: number; long: number } {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, long: { type: 'string', default: '0' } },
  });
  const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed);
  if (!Number.isInteger(seed)) throw new Error('--seed is a whole number.');
  return { seed, long: readDuration(values.long) };
}

async function main(): Promise<number> {
  const { seed, long } = readArguments();
  const begun = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'torture-bundle-'));
  try {
    const bundle = await compileBundle(process.cwd(), join(folder, 'bundle.js'));
    const given = ['--seed', String(seed)];
    const inProcess = (name: string, more: readonly string[] = []): Trial => ({
      name,
      file: 'test/torture/in-process.ts',
      arguments: [...given, '--bundle', bundle, '--only', name, ...more],
      isDetailed: false,
    });
    const realProcess: Trial = {
      name: 'the real process',
      file: 'test/torture-process/main.ts',
      arguments: [...given, '--long', String(long)],
      isDetailed: true,
    };
    const alone = (name: string, file: string): Trial => ({ name, file, arguments: [], isDetailed: false });
    const [real, ...others] = await Promise.all([
      run(realProcess),
      inLanes([
        ...partNames.map((name) => inProcess(name)),
        alone('tests that take long', 'test/run/long-tests.ts'),
        alone('mutants', 'test/mutants/main.ts'),
      ]),
      ...(long > 0 ? [run(inProcess('further', ['--long', String(long)]))] : []),
    ]);
    const outcomes = [...others.flat(), real];
    const results = outcomes.flatMap((outcome) => outcome.results);
    process.stdout.write(`${real.details.trim()}\n\nEverything (seed ${seed})\n\n${tableOf(results)}\n\n`);
    const isKept = results.every(({ failures }) => failures.length === 0);
    const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
    process.stdout.write(
      `${isKept ? 'Every promise was kept.' : 'A PROMISE WAS BROKEN, see above.'} Seed ${seed}, ${minutes} minutes.\n`,
    );
    return isKept ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}
