import { documented } from '../candidates/documented';
import { type Target, targetsTable } from '../compare/targets';
import { rounded } from '../measure/numbers';
import type { BenchOptions, OwnPart } from '../options';
import type { Report } from '../report';
import { type ColdStart, measureColdStart } from './cold-start';
import { countCallsOfBurst, countStorageCalls } from './count-calls';
import { compileHelloWorld } from './hello-world';
import { measureReads } from './reads';
import { measureRecount } from './recount';
import { measureStored } from './stored';
import { weighBundle } from './weigh-bundle';

/** Processes whose start is measured. */
const coldStarts = 9;
/** Modules of the bundle that are shown by name. */
const shownModules = 25;

type Measure = (options: BenchOptions, bundle: string, report: Report) => Promise<void>;

const delivered = { type: 'delivered', recipient: 'one@example.com', tags: ['a', 'b'] } as const;
const opened = { ...delivered, type: 'opened' } as const;

async function calls({ events }: BenchOptions, bundle: string, report: Report): Promise<void> {
  const rows: Record<string, Record<string, number>> = {};
  for (const [platform, quirks] of [
    ['documented', documented],
    ['usual', {}],
  ] as const) {
    for (const [what, facts, sent] of [
      ['delivery, new address', delivered, 1],
      ['delivery, known address', delivered, 2],
      ['open, known address', opened, 2],
    ] as const) {
      const { untilAnswer, worker, count } = await countStorageCalls(bundle, quirks, facts, sent);
      rows[`${platform} platform, ${what}`] = {
        'until the answer': untilAnswer.length,
        'in the worker': worker.length,
        'in its count, were it alone': count.length,
      };
    }
  }
  report.table('Storage calls of one event with two tags', rows);
  const burst = Math.min(events, 5000);
  const perEvent = {
    'twenty campaigns': {
      'calls per event': await countCallsOfBurst(bundle, documented, burst, 'campaigns'),
    },
    'one hot campaign': {
      'calls per event': await countCallsOfBurst(bundle, documented, burst, 'one hot tag'),
    },
  };
  report.table(`Storage calls per event of a burst of ${burst}, counting included`, perEvent);
}

async function size(_: BenchOptions, bundle: string, report: Report): Promise<void> {
  const { whole, helloWorld, oursWithPage, oursWithoutPage, folders, modules } = await weighBundle(bundle);
  report.table('Bundle in bytes', {
    'what is deployed': { bytes: whole },
    'hello world': { bytes: helloWorld },
    'our part': { bytes: oursWithPage },
    'our part without the page': { bytes: oursWithoutPage },
  });
  const shown = (weights: ReadonlyArray<readonly [string, number]>) =>
    Object.fromEntries(weights.map(([path, bytes]) => [path, { bytes }]));
  report.table('Bytes by folder (by esbuild, minified)', shown(folders));
  report.table(`Bytes by module, the ${shownModules} largest`, shown(modules.slice(0, shownModules)));
}

async function cold(_: BenchOptions, bundle: string, report: Report): Promise<void> {
  const hello = await compileHelloWorld();
  const app = await measureColdStart(bundle, hello, coldStarts);
  const other = await measureColdStart(hello, hello, coldStarts);
  const row = ({ load, firstAnswer, spaceStart, cpu }: ColdStart) => ({
    'load of the bundle': rounded(load),
    'first answer': rounded(firstAnswer),
    'load to first answer': rounded(load + firstAnswer),
    'CPU of both': rounded(cpu),
    "(the local space's start)": rounded(spaceStart),
  });
  report.table(`Cold start in ms, ${coldStarts} processes`, {
    'this app, median': row(app.median),
    'this app, fastest': row(app.fastest),
    'hello world, median': row(other.median),
    'hello world, fastest': row(other.fastest),
  });
}

async function recount({ events, rounds }: BenchOptions, _: string, report: Report): Promise<void> {
  const rows = await measureRecount(events / 2, rounds);
  report.table(
    'What counting costs, from sources',
    Object.fromEntries(
      rows.map(({ name, cpu, processedPerSecond }) => [
        name,
        { 'CPU us per event': rounded(cpu), 'processed/s': rounded(processedPerSecond) },
      ]),
    ),
  );
  const [, hot, uncounted] = rows;
  if (hot && uncounted)
    report.tell(
      `Counting takes ${rounded(hot.cpu - uncounted.cpu)} us per event while one campaign takes everything.`,
    );
}

async function reads(_: BenchOptions, bundle: string, report: Report): Promise<void> {
  const { routes, all } = await measureReads(bundle, 25);
  const row = ({ idle, loaded }: { idle: number; loaded: number }) => ({
    'idle ms': rounded(idle),
    'under load ms': rounded(loaded),
    ratio: rounded(loaded / idle),
  });
  report.table('Read routes at p95, idle and while 32 connections write', {
    ...Object.fromEntries(routes.map((route) => [route.route, row(route)])),
    'all routes': row(all),
  });
}

async function stored(
  { stored: amount, events, rounds }: BenchOptions,
  bundle: string,
  report: Report,
): Promise<void> {
  const result = await measureStored(bundle, amount, events / 2, rounds);
  report.table(`A space with ${amount} events beside an empty one, from the bundle`, {
    empty: { 'answered/s': rounded(result.empty.answered), 'processed/s': rounded(result.empty.processed) },
    filled: {
      'answered/s': rounded(result.filled.answered),
      'processed/s': rounded(result.filled.processed),
    },
    ratio: {
      'answered/s': rounded(result.answered),
      'processed/s': rounded(result.processed),
      CPU: rounded(result.cpu),
    },
  });
  report.tell(
    `It takes ${rounded(result.bytesPerEvent)} bytes per event on disk; filled in ${rounded(result.secondsToFill)} s.`,
  );
  const targets: Target[] = [
    {
      what: `answered/s with ${amount} events stored to empty`,
      atLeast: 0.9,
      measured: result.answered,
    },
    { what: `processed/s with ${amount} events stored to empty`, atLeast: 0.9, measured: result.processed },
  ];
  report.table('The filled space to the empty one', targetsTable(targets));
}

const measures: Readonly<Record<OwnPart, Measure>> = {
  calls,
  size,
  cold,
  recount,
  reads,
  stored,
};

/** Measures what concerns this app alone. */
export function runOwnPart(
  part: OwnPart,
  options: BenchOptions,
  bundle: string,
  report: Report,
): Promise<void> {
  return measures[part](options, bundle, report);
}
