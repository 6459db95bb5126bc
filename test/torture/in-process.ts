import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { tryForgery } from './abuse/forgery';
import { tryHostileBodies } from './abuse/hostile';
import { tryDoors } from './abuse/routes-and-tokens';
import { tryBackfill } from './backfill/trials';
import { readDuration } from './duration';
import { tryErasure } from './erasure/trials';
import { tryFaults } from './faults/trials';
import { tryFeed } from './feed/trials';
import { tryHangUps } from './hang-ups/trials';
import { tryHooks } from './hooks/trials';
import { tryOrders } from './interleavings/orders';
import { tryConcurrentInstances, tryPairs } from './interleavings/trials';
import { tryLists } from './lists/trials';
import { tryNotices } from './notices/trials';
import { type PartName, partNames } from './parts';
import { hardest, pairs, singles } from './platforms/switches';
import { tryPlatforms } from './platforms/trials';
import { tableOf } from './print';
import { tryReconciliation } from './reconciliation/trials';
import { type Result, tellStarter } from './report';
import { tryRetention } from './retention/trials';

const usage = `Usage: tsx test/torture/in-process.ts [--seed N] [--long TIME] [--only PART] [--bundle FILE]

Tries to break every promise of the app in this process and prints what was tried.
  --seed N        where chance begins; printed, so that a run can be repeated. Default: the clock
  --long TIME     goes on for this long (600, 10m, 2h): a third of it with every order of two requests,
                  a third with every fault with every aftermath, and the rest with many at once
  --only PART     one part of it: ${partNames.join(', ')}
  --bundle FILE   the compiled app, if there is one already`;

/** Seconds in which many run at once, in a run of ordinary length. */
const concurrencySeconds = 30;

interface Arguments {
  readonly seed: number;
  readonly long: number;
  readonly only: string | undefined;
  readonly bundle: string | undefined;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      long: { type: 'string', default: '0' },
      only: { type: 'string' },
      bundle: { type: 'string' },
    },
  });
  const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed);
  if (!Number.isInteger(seed)) throw new Error('--seed is a whole number.');
  return { seed, long: readDuration(values.long), only: values.only, bundle: values.bundle };
}

/** Says for so many seconds from now on that there is time. */
function timer(seconds: number): () => boolean {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() < end;
}

type Campaigns = readonly (() => Promise<Result>)[];

function ordinary(bundleFile: string, seed: number): Readonly<Record<PartName, Campaigns>> {
  return {
    faults: [() => tryFaults({ bundleFile, seed, types: 'every', aftermath: 'any' })],
    interleavings: [() => tryPairs({ bundleFile, seed, orders: 300 }), () => tryOrders(bundleFile)],
    platforms: [
      () => tryPlatforms(bundleFile, 'every switch of the platform', [hardest, ...singles]),
      () => tryPlatforms(bundleFile, 'every pair of switches', pairs),
    ],
    aftermaths: [() => tryFaults({ bundleFile, seed, types: 'any', aftermath: 'every' })],
    hooks: [() => tryHooks(seed, 1)],
    retention: [() => tryRetention(bundleFile, seed, 1)],
    hangUps: [() => tryHangUps(bundleFile, seed, 25)],
    backfill: [() => tryBackfill(bundleFile, seed, 1)],
    reconciliation: [() => tryReconciliation(bundleFile, seed, 1)],
    feed: [() => tryFeed(bundleFile, seed, (cases) => cases < 1000)],
    lists: [() => tryLists(bundleFile, seed, 1)],
    notices: [() => tryNotices(bundleFile, seed, 1)],
    abuse: [
      () => tryForgery(bundleFile),
      () => tryDoors(bundleFile),
      () => tryHostileBodies(bundleFile, seed, 100_000),
    ],
    erasure: [() => tryErasure(bundleFile, seed, 1)],
    concurrency: [() => tryConcurrentInstances({ bundleFile, seed, goOn: timer(concurrencySeconds) })],
  };
}

function further(bundleFile: string, seed: number, seconds: number): Campaigns {
  const third = seconds / 3;
  return [
    () => tryPairs({ bundleFile, seed, orders: 'every', goOn: timer(third) }),
    () => tryFaults({ bundleFile, seed, types: 'every', aftermath: 'every', goOn: timer(third) }),
    () => tryConcurrentInstances({ bundleFile, seed: seed + 1_000_000, goOn: timer(third) }),
  ];
}

async function runAll(bundleFile: string, { seed, long, only }: Arguments): Promise<Result[]> {
  const parts = ordinary(bundleFile, seed);
  const wanted = partNames.filter((name) => only === undefined || only === name);
  if (wanted.length === 0 && only !== 'further')
    throw new Error(`--only is one of ${partNames.join(', ')}, or further with --long.`);
  const results: Result[] = [];
  for (const run of [
    ...wanted.flatMap((name) => parts[name]),
    ...(long > 0 ? further(bundleFile, seed, long) : []),
  ]) {
    const result = await run();
    process.stderr.write(`${result.name}: ${result.cases} cases, ${result.failures.length} failures\n`);
    for (const failure of result.failures.slice(0, 3)) process.stderr.write(`  ${failure.slice(0, 1000)}\n`);
    results.push(result);
  }
  return results;
}

async function main(): Promise<number> {
  const given = readArguments();
  const folder = await mkdtemp(join(tmpdir(), 'torture-bundle-'));
  try {
    const bundleFile = given.bundle ?? (await compileBundle(process.cwd(), join(folder, 'bundle.js')));
    const results = await runAll(bundleFile, given);
    tellStarter(results);
    process.stdout.write(`In process (seed ${given.seed})\n\n${tableOf(results)}\n`);
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
