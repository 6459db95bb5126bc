import { documented } from '../candidates/documented';
import { median, rounded } from '../measure/numbers';
import type { BenchOptions, Part } from '../options';
import type { Report } from '../report';
import { runBurst } from './burst';
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
    ['harshest', {}],
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
  report.target({
    what: 'our part of the bundle without the page, kB',
    atMost: 60,
    measured: oursWithoutPage / 1000,
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
  const sum = ({ load, firstAnswer }: ColdStart) => load + firstAnswer;
  report.target(
    { what: 'cold start: load to first answer, ms, median', atMost: 40, measured: sum(app.median) },
    { what: 'cold start: load to first answer, ms, fastest', atMost: 40, measured: sum(app.fastest) },
  );
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
  report.target(
    { what: 'read routes under write load to idle, p95 of all', atMost: 3, measured: all.loaded / all.idle },
    {
      what: 'read routes under write load to idle, median of the routes',
      atMost: 3,
      measured: median(routes.map(({ idle, loaded }) => loaded / idle)),
    },
  );
}

async function stored(
  { stored: amount, events, rounds }: BenchOptions,
  bundle: string,
  report: Report,
): Promise<void> {
  const result = await measureStored(bundle, amount, events / 2, rounds);
  report.table(`A space with ${amount} events beside an empty one, from the bundle`, {
    empty: { 'ack/s': rounded(result.empty.acknowledged), 'processed/s': rounded(result.empty.processed) },
    filled: { 'ack/s': rounded(result.filled.acknowledged), 'processed/s': rounded(result.filled.processed) },
    ratio: {
      'ack/s': rounded(result.acknowledged),
      'processed/s': rounded(result.processed),
      CPU: rounded(result.cpu),
    },
  });
  report.tell(
    `It takes ${rounded(result.bytesPerEvent)} bytes per event on disk; filled in ${rounded(result.secondsToFill)} s.`,
  );
  report.target(
    {
      what: `acknowledged/s with ${amount} events stored to empty`,
      atLeast: 0.85,
      measured: result.acknowledged,
    },
    { what: `processed/s with ${amount} events stored to empty`, atLeast: 0.85, measured: result.processed },
  );
}

async function burst({ rate, minutes }: BenchOptions, bundle: string, report: Report): Promise<void> {
  const result = await runBurst(bundle, rate, minutes);
  const { looks, events } = result;
  const shown = Math.max(1, Math.floor(looks.length / 12));
  report.table(
    `An hour's ${events} events in ${minutes} minutes: ${rate} a second`,
    Object.fromEntries(
      looks
        .filter((_look, at) => at % shown === 0 || at === looks.length - 1)
        .map(({ at, pending, memory }) => [
          `after ${at.toFixed(0)} s`,
          { waiting: pending, 'memory MB': Math.round(memory / 1e6) },
        ]),
    ),
  );
  report.tell(
    `Answers: p50 ${rounded(result.p50)} ms, p99 ${rounded(result.p99)} ms, ${result.refused} x 503. Everything had its ` +
      `effects ${rounded(result.secondsUntilDone)} s after the last answer, with ${rounded(result.cpu)} us of CPU time per event.`,
  );
  // Memory grows until the collector has seen what a burst is: from the second quarter on it must not.
  const memoryAt = (share: number) => looks[Math.floor((looks.length - 1) * share)]?.memory ?? Number.NaN;
  report.target(
    { what: 'burst: events waiting at the end', atMost: 0, measured: looks.at(-1)?.pending },
    {
      what: 'burst: memory at the end to a third of the way',
      atMost: 1.2,
      measured: memoryAt(0.95) / memoryAt(0.33),
    },
  );
}

const measures: Readonly<Record<Exclude<Part, 'compare'>, Measure>> = {
  calls,
  size,
  cold,
  recount,
  reads,
  stored,
  burst,
};

/** Measures what concerns this app alone. */
export function runOwnPart(
  part: Exclude<Part, 'compare'>,
  options: BenchOptions,
  bundle: string,
  report: Report,
): Promise<void> {
  return measures[part](options, bundle, report);
}
