import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

const usage = `Usage: npm run torture -- [--seed N] [--long SECONDS]

Tries to break every promise of the app: half of the trials in a process of their own each, the other half
on the real process, both halves at the same time. Prints what was tried in the end.
  --seed N        where chance begins; printed, so that a run can be repeated. Default: the clock
  --long SECONDS  goes on for this long after the ordinary run

Exit code: 0 when every promise was kept, 1 when one was broken.`;

interface Half {
  readonly name: string;
  readonly file: string;
  readonly arguments: readonly string[];
}

interface Outcome {
  readonly report: string;
  readonly code: number;
}

/** Runs one half of the torture; what it says meanwhile goes to stderr, its report is returned. */
async function runHalf({ name, file, arguments: given }: Half): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  const [report, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  process.off('exit', end);
  process.stderr.write(`${name}: over\n`);
  return { report, code: typeof code === 'number' ? code : 1 };
}

function readArguments(): { seed: number; long: number } {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, long: { type: 'string' } } });
  const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed);
  const long = Number(values.long ?? 0);
  if (!Number.isInteger(seed) || !(long >= 0)) throw new Error('--seed and --long are numbers.');
  return { seed, long };
}

async function main(): Promise<number> {
  const { seed, long } = readArguments();
  const begun = performance.now();
  const given = ['--seed', String(seed), '--long', String(long)];
  const outcomes = await Promise.all([
    runHalf({ name: 'in process', file: 'test/torture/in-process.ts', arguments: given }),
    runHalf({ name: 'the real process', file: 'test/torture-process/main.ts', arguments: given }),
  ]);
  for (const { report } of outcomes) process.stdout.write(`${report.trim()}\n\n`);
  const isKept = outcomes.every(({ code }) => code === 0);
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  process.stdout.write(
    `${isKept ? 'Every promise was kept.' : 'A PROMISE WAS BROKEN, see above.'} Seed ${seed}, ${minutes} minutes.\n`,
  );
  return isKept ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}
