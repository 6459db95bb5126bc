import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { longDamage, runDamageCampaign } from '../damage/campaign';
import { failingDisks } from '../failing-disk/failing-disks';
import { whyNoRecorder } from '../power-loss/build-recorder';
import { longCampaign, runPowerLossCampaign } from '../power-loss/campaign';
import { readDuration } from '../torture/duration';
import { type Result, tellStarter } from '../torture/report';
import { type AppUnderTest, examples, ours } from './apps';
import { runCrashCampaign } from './crash-trials';
import { hostileMinutes } from './endurance/hostile-minutes';
import { largeEvents } from './endurance/large-events';
import { refusalFlood } from './endurance/refusal-flood';
import { sieges } from './endurance/sieges';
import { silentSenders } from './endurance/silent-senders';
import { slowExports } from './endurance/slow-exports';
import { brokenPromises, formatFigures, formatSchedules } from './figure-table';
import type { Figures } from './figures';
import { hostFailures } from './host-failures';
import type { HostFailureResult } from './host-failures/host-failure-result';
import type { RetrySignature } from './mailgun';
import { runOutageCampaign } from './outage-trials';
import { formatTable } from './table';
import { withFolder } from './temporary-folder';

const usage = `Kills, starves and confuses the real process while events arrive as Mailgun sends them.

  tsx test/torture-process/main.ts [--kills N] [--seed N] [--long TIME] [--only PART]

  --kills N        how often the process is killed (110)
  --seed N         repeats a run (a new one each time)
  --long TIME      goes on with further kills, under further seeds, for so long (600, 10m, 2h)
  --only PART      crashes, outages, machine, disk, power, damage, endurance or crowds

Exit code: 0 when this app lost nothing, counted nothing twice and refused nothing genuine, else 1.`;

/** Kills of a further round of a long run: few, so that the run ends soon after its time. */
const furtherKills = 10;
/** Seconds of hostile bodies in a run of ordinary length. */
const hostileSeconds = 60;

const log = (line: string) => console.error(`  ${line}`);

const results: Result[] = [];

/** Says what was broken; returns whether anything was. */
function judge(what: string, cases: number, begun: number, broken: readonly string[]): boolean {
  const seconds = (performance.now() - begun) / 1000;
  results.push({ name: `${what}, on the real process`, cases, failures: broken, seconds });
  for (const sentence of broken.slice(0, 20)) console.log(`BROKEN, ${what}: ${sentence}`);
  if (broken.length > 20) console.log(`... and ${broken.length - 20} more`);
  return broken.length > 0;
}

/** What could not be brought to its end counts as broken. */
const failure =
  (what: string) =>
  (error: unknown): boolean =>
    judge(what, 0, performance.now(), [String(error)]);

async function crashes(seed: number, kills: number): Promise<boolean> {
  console.log(`\nReal crashes (seed ${seed})`);
  const begun = performance.now();
  const result = await runCrashCampaign({
    seed,
    kills,
    recipients: kills * 8,
    bundleEvery: 12,
    factor: 500,
    log,
  });
  const { starting, serving, ofBundle } = result.kills;
  console.log(`\n${formatFigures('real crashes', [[`${kills} kills`, result.figures]])}`);
  console.log(
    `\n${starting} kills while starting, ${serving} while serving (${ofBundle} of the bundle); ` +
      `${result.dead} dead events; audit and model find ${result.differences.length} differences.`,
  );
  return judge('kills by SIGKILL', kills, begun, [
    ...brokenPromises(result.figures),
    ...result.differences,
    ...(result.isDone ? [] : ['not every stored event was processed']),
    ...(result.dead === 0 ? [] : [`${result.dead} events are dead`]),
  ]);
}

/** Runs tasks, so many at a time, and returns their results in order. */
async function inLanes<Result>(lanes: number, tasks: readonly (() => Promise<Result>)[]): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...tasks.entries()];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return results;
}

async function outages(seed: number): Promise<boolean> {
  console.log(`\nMailgun through outages (seed ${seed})`);
  const begun = performance.now();
  const runs = (['same', 'fresh'] as const).flatMap((retrySignature: RetrySignature) =>
    [ours, ...examples].map((app: AppUnderTest) => ({ app, retrySignature })),
  );
  const results = await inLanes(
    2,
    runs.map(({ app, retrySignature }) => async () => {
      const result = await runOutageCampaign(app, { seed, recipients: 400, retrySignature });
      log(`${app.name}, ${retrySignature} signature: done`);
      return { app, retrySignature, ...result };
    }),
  );
  const rows = results.map(({ app, retrySignature, figures }): readonly [string, Figures] => [
    `${app.name}, ${retrySignature} signature`,
    figures,
  ]);
  console.log(`\n${formatFigures('outages', rows)}`);
  const ofOurs = results.filter(({ app }) => app === ours).flatMap(({ accounts }) => accounts);
  console.log(`\n${formatSchedules(`${ours.name}, by schedule`, ofOurs)}`);
  const broken = results.flatMap(({ app, figures, rest }) =>
    app === ours
      ? [
          ...brokenPromises(figures),
          ...(rest?.differences ?? []),
          ...(rest?.isDone ? [] : ['not every stored event was processed']),
        ]
      : [],
  );
  const told = ofOurs.reduce((sum, { replies: tries }) => sum + tries.length, 0);
  return judge('requests through outages', told, begun, broken);
}

async function lossesOfPower(seed: number): Promise<boolean> {
  console.log(`\nLosses of power (seed ${seed})`);
  const begun = performance.now();
  const reason = whyNoRecorder();
  if (reason !== null) {
    console.log(reason);
    return false;
  }
  const { cuts, broken } = await runPowerLossCampaign({ ...longCampaign, seed, log });
  console.log(`${cuts} losses of power, ${broken.length} of them took something.`);
  return judge('losses of power', cuts, begun, [
    ...broken,
    ...(cuts === longCampaign.cuts ? [] : [`only ${cuts} were tried`]),
  ]);
}

async function damages(seed: number): Promise<boolean> {
  console.log(`\nDamaged files (seed ${seed})`);
  const begun = performance.now();
  const bundle = await withFolder(async (folder) =>
    readFile(await compileBundle(process.cwd(), join(folder, 'bundle.js')), 'utf8'),
  );
  const { cases, whole, refused, broken } = await runDamageCampaign({ ...longDamage, bundle, seed });
  console.log(`${cases} damages: ${whole} did no harm, ${refused} were told in a sentence.`);
  return judge('damaged files', cases, begun, [
    ...broken,
    ...(cases === longDamage.storageCases + longDamage.startCases ? [] : [`only ${cases} were tried`]),
  ]);
}

type Trial = (seed: number) => Promise<HostFailureResult>;

async function tryEach(
  title: string,
  seed: number,
  trials: Readonly<Record<string, Trial>>,
  lanes = 2,
): Promise<boolean> {
  const begun = performance.now();
  const outcomes = await inLanes(
    lanes,
    Object.entries(trials).map(([name, run]) => async () => {
      const result = await run(seed).catch(
        (error: unknown): HostFailureResult => ({ saw: 'could not be tried', broken: [String(error)] }),
      );
      log(`${name}: done`);
      return { name, ...result };
    }),
  );
  console.log(`\n${title} (seed ${seed})`);
  const rows = outcomes.map(({ name, skipped, saw }) => [name, skipped ?? saw]);
  console.log(`\n${formatTable(['what happens', 'what came of it'], rows)}`);
  return judge(
    title.toLowerCase(),
    outcomes.length,
    begun,
    outcomes.flatMap(({ name, broken }) => broken.map((sentence) => `${name}: ${sentence}`)),
  );
}

/** What takes its time: memory under a long attack, and senders that hold connections. */
const endurance = (seconds: number): Readonly<Record<string, Trial>> => ({
  'hostile bodies without a pause': (seed) => hostileMinutes(seed, seconds),
  'hundreds of senders fall silent': silentSenders,
});

/** What wants the machine for itself. */
const crowds: Readonly<Record<string, Trial>> = {
  'ten thousand connections in no hurry': sieges,
  'hundreds of large events with little memory': largeEvents,
  'a hundred readers of exports with little memory': slowExports,
  'tens of thousands of requests without a key': refusalFlood,
};

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '110' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      long: { type: 'string', default: '0' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [kills, seed, long] = [Number(values.kills), Number(values.seed), readDuration(values.long)];
  if (![kills, seed, long].every((number) => Number.isInteger(number) && number >= 0)) {
    console.error(usage);
    return 2;
  }
  const wants = (part: string) => values.only === undefined || values.only === part;
  const broken: boolean[] = [];
  if (wants('machine')) broken.push(await tryEach('A machine that fails', seed, hostFailures));
  if (wants('disk')) broken.push(await tryEach('A disk that fails', seed, failingDisks));
  if (wants('power')) broken.push(await lossesOfPower(seed).catch(failure('losses of power')));
  if (wants('damage')) broken.push(await damages(seed).catch(failure('damaged files')));
  if (wants('endurance'))
    broken.push(await tryEach('Endurance', seed, endurance(hostileSeconds + Math.floor(long / 10))));
  if (wants('crowds')) broken.push(await tryEach('Crowds', seed, crowds, 1));
  if (wants('outages')) broken.push(await outages(seed).catch(failure('requests through outages')));
  if (wants('crashes')) broken.push(await crashes(seed, kills).catch(failure('kills by SIGKILL')));
  const end = performance.now() + long * 1000;
  for (let more = 1; performance.now() < end; more += 1)
    broken.push(await crashes(seed + more, furtherKills).catch(failure('kills by SIGKILL')));
  tellStarter(results);
  return broken.includes(true) ? 1 : 0;
}

process.exitCode = await run();
