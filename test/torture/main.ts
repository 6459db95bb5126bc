import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { tryDoors } from './abuse/doors';
import { tryForgery } from './abuse/forgery';
import { tryHostileBodies } from './abuse/hostile';
import { tryFaults } from './faults/campaign';
import { tryCrowds, tryPairs } from './interleavings/campaign';
import { tryOrders } from './interleavings/orders';
import { tryPlatforms } from './platforms/campaign';
import { pairs, singles } from './platforms/switches';
import { tableOf } from './print';
import type { Result } from './report';

const usage = `Usage: tsx test/torture/main.ts [--seed N] [--long SECONDS]

Tries to break every promise of the app in this process and prints what was tried.
  --seed N        where chance begins; printed, so that a run can be repeated. Default: the clock
  --long SECONDS  afterwards every order of two requests, every fault with every
                  aftermath, and crowds for this long`;

/** Seconds of crowds in a run of ordinary length. */
const ordinaryCrowds = 60;

function readArguments(): { seed: number; long: number } {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, long: { type: 'string' } } });
  const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed);
  const long = Number(values.long ?? 0);
  if (!Number.isInteger(seed) || !(long >= 0)) throw new Error('--seed and --long are numbers.');
  return { seed, long };
}

async function runAll(bundleFile: string, seed: number, long: number): Promise<Result[]> {
  const results: Result[] = [];
  const tell = async (campaign: Promise<Result>) => {
    const result = await campaign;
    process.stderr.write(`${result.name}: ${result.cases} cases, ${result.failures.length} failures\n`);
    results.push(result);
  };
  const crowds = (seconds: number, from: number) => {
    const end = performance.now() + seconds * 1000;
    return tryCrowds({ bundleFile, seed: from, goOn: () => performance.now() < end });
  };
  await tell(tryForgery(bundleFile));
  await tell(tryDoors(bundleFile));
  await tell(tryHostileBodies(bundleFile, seed, 100_000));
  await tell(tryPlatforms(bundleFile, 'every switch of the platform', singles));
  await tell(tryPlatforms(bundleFile, 'every pair of switches', pairs));
  await tell(tryPairs({ bundleFile, seed, orders: 300 }));
  await tell(tryOrders(bundleFile));
  await tell(tryFaults({ bundleFile, seed, types: 'every', aftermath: 'any' }));
  await tell(crowds(ordinaryCrowds, seed));
  if (long > 0) {
    await tell(tryPairs({ bundleFile, seed, orders: 'every' }));
    await tell(tryFaults({ bundleFile, seed, types: 'every', aftermath: 'every' }));
    await tell(crowds(long, seed + 1_000_000));
  }
  return results;
}

async function main(): Promise<number> {
  const { seed, long } = readArguments();
  const folder = await mkdtemp(join(tmpdir(), 'torture-bundle-'));
  try {
    const bundleFile = await compileBundle(process.cwd(), join(folder, 'bundle.js'));
    const results = await runAll(bundleFile, seed, long);
    process.stdout.write(`${tableOf(results)}\nseed ${seed}\n`);
    return results.every(({ failures }) => failures.length === 0) ? 0 : 1;
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
