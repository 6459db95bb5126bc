import { setTimeout as pause } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import { CannotRun } from '../cannot-run';
import { printable, runCommand, tell } from '../command';
import { findSpace } from '../find-space';
import { connectSpace } from '../space-client';
import { type Arguments, progressFile, readArguments, usage } from './arguments';
import { type BackfillClient, backfillOf } from './backfill-client';
import { compareDomain, type Outcome, type Question } from './compare-domain';
import { readProgress, removeProgress, writeProgress } from './progress';

const exitCodes = { all: 0, notAll: 1 } as const;

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function describe({ domain, seen, known, added, problem, checkedUntil }: Outcome): string {
  const types = [...added].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${type} ${count}`);
  const found = `${domain}: ${seen} seen, ${known} already known, ${sum(added)} added`;
  const stopped = problem === null ? '' : `\n  stopped at ${checkedUntil}: ${problem}`;
  return `${found}${types.length === 0 ? '' : ` (${types.join(', ')})`}.${stopped}`;
}

/** How long nothing is said of the progress where there is no terminal, in milliseconds. */
const silentMs = 30_000;
/** So long the space plans its first comparison after it was started, in milliseconds. */
const firstPlanMs = 360_000;

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'some time';
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Compares one domain under a bar that shows how far it has come in time; without a terminal a line tells it now and then. */
async function compareWithBar(
  space: BackfillClient,
  question: Question,
  note: (cursor: string | null) => void,
): Promise<Outcome> {
  const { domain } = question;
  const bar = new SingleBar(
    {
      format: '{domain} [{bar}] {percentage}% {seen} seen, {added} added, about {left} left {waiting}',
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.legacy,
  );
  const begun = Date.now();
  let toldAt = begun;
  let start: number | undefined;
  bar.start(1, 0, { domain, seen: 0, added: 0, left: 'some time', waiting: '' });
  try {
    return await compareDomain(space, question, {
      step: (outcome, cursor) => {
        const [begin = 0, end = 0, now = 0] = [outcome.from, outcome.to, outcome.checkedUntil].map(
          Date.parse,
        );
        start ??= now;
        const left = duration(((end - now) / (now - start)) * ((Date.now() - begun) / 1000));
        const [seen, added] = [outcome.seen, sum(outcome.added)];
        bar.setTotal(end - begin);
        bar.update(now - begin, { seen, added, left, waiting: '' });
        if (!process.stderr.isTTY && cursor !== null && Date.now() - toldAt > silentMs) {
          toldAt = Date.now();
          tell(`${domain}: up to ${outcome.checkedUntil}, ${seen} seen, ${added} added, about ${left} left.`);
        }
        note(cursor);
      },
      wait: (sentence, seconds) => {
        bar.update({ waiting: `(waiting ${seconds} s)` });
        if (!process.stderr.isTTY) tell(`${domain}: ${sentence} Waiting ${seconds} s.`);
      },
    });
  } finally {
    bar.stop();
  }
}

/** The domains that the space compares; one that was started just now has not asked Mailgun for them yet. */
async function allDomains(backfill: BackfillClient): Promise<string[]> {
  const until = Date.now() + firstPlanMs;
  for (;;) {
    const domains = await backfill.domains();
    if (domains.length > 0) return domains;
    if (Date.now() > until)
      throw new CannotRun(
        'The space has not compared any domain yet: look into its log, or name one by --domain.',
      );
    tell('The space has not asked Mailgun for its domains yet, which it does every five minutes. Waiting.');
    await pause(10_000);
  }
}

function tellTotals(outcomes: readonly Outcome[]): void {
  const total = (of: (outcome: Outcome) => number) => outcomes.reduce((all, one) => all + of(one), 0);
  console.log(
    `All: ${total(({ seen }) => seen)} seen, ${total(({ known }) => known)} already known, ` +
      `${total(({ added }) => sum(added))} added.`,
  );
}

function tellWhatIsYoung(outcomes: readonly Outcome[]): void {
  const early = outcomes
    .filter(({ problem, checkedUntil, to }) => problem === null && checkedUntil < to)
    .map(({ checkedUntil }) => checkedUntil)
    .sort()[0];
  if (early === undefined) return;
  console.log(
    `Compared up to ${early}: what is younger than half an hour may still be missing in Mailgun's record. ` +
      'The space compares it by itself, or run this again then.',
  );
}

async function run(given: Arguments): Promise<number> {
  const found = await findSpace({ url: given.url, apiKey: given.apiKey });
  const space = connectSpace(found);
  try {
    const backfill = backfillOf(space);
    const begun = given.all ? readProgress(progressFile, found.url) : null;
    if (begun !== null) tell(`Goes on with what was begun from ${begun.from} on.`);
    const all = given.domains.length > 0 ? given.domains : await allDomains(backfill);
    const progress = begun ?? {
      url: found.url,
      from: given.from,
      to: new Date().toISOString(),
      domains: {},
    };
    const outcomes: Outcome[] = [];
    for (const domain of all) {
      const cursor = progress.domains[domain];
      if (cursor === null) continue;
      const to = given.all ? progress.to : given.to;
      const question = { domain, from: progress.from, to, cursor: cursor ?? null };
      const outcome = await compareWithBar(backfill, question, (next) => {
        progress.domains[domain] = next;
        if (given.all) writeProgress(progressFile, progress);
      });
      console.log(printable(describe(outcome)));
      outcomes.push(outcome);
    }
    if (outcomes.length > 1) tellTotals(outcomes);
    tellWhatIsYoung(outcomes);
    if (outcomes.some(({ problem }) => problem !== null)) return exitCodes.notAll;
    if (given.all) removeProgress(progressFile);
    return exitCodes.all;
  } finally {
    space.close();
  }
}

await runCommand(async () => {
  const given = readArguments(process.argv.slice(2), Date.now());
  if (given !== 'help') return run(given);
  console.log(usage);
  return exitCodes.all;
});
