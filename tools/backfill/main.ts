import { Presets, SingleBar } from 'cli-progress';
import { printable, runCommand, tell } from '../command';
import { findSpace } from '../find-space';
import { connectSpace } from '../space-client';
import { type Arguments, readArguments, usage } from './arguments';
import { type BackfillClient, backfillOf } from './backfill-client';
import { compareDomain, type Outcome } from './compare-domain';

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

/** Compares one domain under a bar that shows how far it has come in time; without a terminal there is no bar. */
async function compareWithBar(
  space: BackfillClient,
  domain: string,
  { from, to }: Arguments,
): Promise<Outcome> {
  const bar = new SingleBar(
    {
      format: '{domain} [{bar}] {percentage}% {seen} seen, {added} added {waiting}',
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.legacy,
  );
  bar.start(1, 0, { domain, seen: 0, added: 0, waiting: '' });
  try {
    return await compareDomain(
      space,
      { domain, from, to },
      {
        step: (outcome) => {
          const [begin, end, now] = [outcome.from, outcome.to, outcome.checkedUntil].map(Date.parse);
          bar.setTotal((end ?? 0) - (begin ?? 0));
          bar.update((now ?? 0) - (begin ?? 0), {
            seen: outcome.seen,
            added: sum(outcome.added),
            waiting: '',
          });
        },
        wait: (sentence, seconds) => {
          bar.update({ waiting: `(waiting ${seconds} s)` });
          if (!process.stderr.isTTY) tell(`${domain}: ${sentence} Waiting ${seconds} s.`);
        },
      },
    );
  } finally {
    bar.stop();
  }
}

async function run(given: Arguments | 'help'): Promise<number> {
  if (given === 'help') {
    console.log(usage);
    return exitCodes.all;
  }
  const space = connectSpace(await findSpace({ url: given.url, apiKey: given.apiKey }));
  try {
    const backfill = backfillOf(space);
    const domains = given.domains.length > 0 ? given.domains : await backfill.domains();
    const outcomes: Outcome[] = [];
    for (const domain of domains) {
      const outcome = await compareWithBar(backfill, domain, given);
      console.log(printable(describe(outcome)));
      outcomes.push(outcome);
    }
    if (outcomes.length > 1) {
      const total = (of: (outcome: Outcome) => number) => outcomes.reduce((all, one) => all + of(one), 0);
      console.log(
        `All: ${total(({ seen }) => seen)} seen, ${total(({ known }) => known)} already known, ` +
          `${total(({ added }) => sum(added))} added.`,
      );
    }
    const early = outcomes
      .filter(({ problem, checkedUntil, to }) => problem === null && checkedUntil < to)
      .map(({ checkedUntil }) => checkedUntil)
      .sort()[0];
    if (early !== undefined) {
      console.log(
        `Compared up to ${early}: what is younger than half an hour may still be missing in Mailgun's record. ` +
          'The space compares it by itself, or run this again then.',
      );
    }
    return outcomes.some(({ problem }) => problem !== null) ? exitCodes.notAll : exitCodes.all;
  } finally {
    space.close();
  }
}

await runCommand(() => run(readArguments(process.argv.slice(2), Date.now())));
