import { parseArgs } from 'node:util';
import { type AppUnderTest, examples, ours } from './apps';
import { runCrashCampaign } from './crash-campaign';
import { brokenPromises, formatFigures, formatSchedules } from './figure-table';
import type { Figures } from './figures';
import { hostileMachines } from './hostile-machines';
import type { RetrySignature } from './mailgun';
import { runOutageCampaign } from './outage-campaign';
import { formatTable } from './table';

const usage = `Kills, starves and confuses the real process while events arrive as Mailgun sends them.

  tsx test/torture-process/main.ts [--kills N] [--seed N] [--seconds N] [--only PART]

  --kills N     how often the process is killed (120)
  --seed N      repeats a run (a new one each time)
  --seconds N   goes on with further kills, under further seeds, until so much time is over
  --only PART   crashes, outages or machine

Exit code: 0 when this app lost nothing, counted nothing twice and refused nothing genuine, else 1.`;

const log = (line: string) => console.log(`  ${line}`);

/** Says what was broken; returns whether anything was. */
function judge(what: string, broken: readonly string[]): boolean {
  for (const sentence of broken.slice(0, 20)) console.log(`BROKEN, ${what}: ${sentence}`);
  if (broken.length > 20) console.log(`... and ${broken.length - 20} more`);
  return broken.length > 0;
}

async function crashes(seed: number, kills: number): Promise<boolean> {
  console.log(`\nReal crashes (seed ${seed})`);
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
  return judge('crashes', [
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
  return judge('outages', broken);
}

async function machines(seed: number): Promise<boolean> {
  console.log(`\nA machine that fails (seed ${seed})`);
  const rows: string[][] = [];
  const broken: string[] = [];
  for (const [name, run] of Object.entries(hostileMachines)) {
    const result = await run(seed);
    rows.push([name, result.skipped ?? result.saw]);
    broken.push(...result.broken.map((sentence) => `${name}: ${sentence}`));
  }
  console.log(`\n${formatTable(['what happens', 'what came of it'], rows)}`);
  return judge('machine', broken);
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '120' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      seconds: { type: 'string', default: '0' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [kills, seed, seconds] = [Number(values.kills), Number(values.seed), Number(values.seconds)];
  if (![kills, seed, seconds].every((number) => Number.isInteger(number) && number >= 0)) {
    console.error(usage);
    return 2;
  }
  const startedAt = performance.now();
  const wants = (part: string) => values.only === undefined || values.only === part;
  const broken: boolean[] = [];
  if (wants('machine')) broken.push(await machines(seed));
  if (wants('outages')) broken.push(await outages(seed));
  if (wants('crashes')) broken.push(await crashes(seed, kills));
  for (let more = 1; performance.now() - startedAt < seconds * 1000; more += 1)
    broken.push(await crashes(seed + more, kills));
  return broken.includes(true) ? 1 : 0;
}

process.exitCode = await run();
