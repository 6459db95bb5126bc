import { Presets, SingleBar } from 'cli-progress';
import * as v from 'valibot';
import { printable, runCommand, tell } from '../command';
import { findSpace } from '../find-space';
import { connectSpace, type SpaceClient } from '../space-client';
import { type Arguments, readArguments, usage } from './arguments';
import { reconcileSpan } from './reconcile-span';

const exitCodes = { equal: 0, differs: 1 } as const;

const comparison = v.object({
  summary: v.object({
    days: v.number(),
    open: v.number(),
    differs: v.number(),
    sentence: v.nullable(v.string()),
  }),
  items: v.array(
    v.object({
      domain: v.string(),
      day: v.string(),
      state: v.picklist(['equal', 'explained', 'differs', 'open']),
      lastError: v.nullable(v.string()),
      differences: v.array(v.object({ counter: v.string(), ours: v.number(), mailgun: v.number() })),
      sentences: v.array(v.string()),
      onlyOurs: v.array(v.object({ key: v.string(), event: v.string(), occurredAt: v.string() })),
      broughtBack: v.number(),
    }),
  ),
});
type Compared = v.InferOutput<typeof comparison>;

/** Lets the space compare, under a bar that shows how many days are through; without a terminal there is no bar. */
async function compareWithBar(space: SpaceClient, given: Arguments) {
  const bar = new SingleBar(
    {
      format: '[{bar}] {value} days compared {waiting}',
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.legacy,
  );
  bar.start(1, 0, { waiting: '' });
  try {
    return await reconcileSpan(space, given, new Date().toISOString(), {
      step: ({ from, to, compared }) => {
        const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
        bar.setTotal(Math.max(days, compared));
        bar.update(compared, { waiting: '' });
      },
      wait: (sentence, seconds) => {
        bar.update({ waiting: `(waiting ${seconds} s)` });
        if (!process.stderr.isTTY) tell(`${sentence} Waiting ${seconds} s.`);
      },
    });
  } finally {
    bar.stop();
  }
}

const headings = ['Domain', 'Day', 'Number', 'Ours', "Mailgun's"];

function tableOf(items: Compared['items']): string[] {
  const rows = items.flatMap(({ domain, day, differences }) =>
    differences.map(({ counter, ours, mailgun }) => [domain, day, counter, String(ours), String(mailgun)]),
  );
  if (rows.length === 0) return [];
  const widths = headings.map((name, at) =>
    Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  return [headings, ...rows].map((row) =>
    row
      .map((cell, at) => (at < 3 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
}

function print({ summary, items }: Compared): void {
  for (const line of tableOf(items)) console.log(line);
  for (const { domain, day, sentences, onlyOurs, broughtBack, lastError, state } of items) {
    const said = [
      ...(broughtBack > 0 ? [`${broughtBack} events brought back.`] : []),
      ...sentences,
      ...onlyOurs.map(({ key, event, occurredAt }) => `only here: ${event} of ${occurredAt}, key ${key}`),
      ...(state === 'open' ? [`not compared: ${lastError ?? 'not begun'}`] : []),
    ];
    for (const sentence of said) console.log(printable(`${domain} ${day}: ${sentence}`));
  }
  console.log(summary.sentence ?? 'Nothing was compared.');
}

async function run(given: Arguments): Promise<number> {
  const space = connectSpace(await findSpace({ url: given.url, apiKey: given.apiKey }));
  try {
    const { from, to, problem } = await compareWithBar(space, given);
    const query = new URLSearchParams({
      from,
      to,
      ...(given.domain !== undefined && { domain: given.domain }),
    });
    const compared = await space.ask(comparison, 'GET', `reconciliation?${query}`);
    print(compared);
    if (problem !== null) console.log(printable(`Not all was compared: ${problem}`));
    const { differs, open } = compared.summary;
    return problem === null && differs === 0 && open === 0 ? exitCodes.equal : exitCodes.differs;
  } finally {
    space.close();
  }
}

await runCommand(async () => {
  const given = readArguments(process.argv.slice(2), Date.now());
  if (given !== 'help') return run(given);
  console.log(usage);
  return exitCodes.equal;
});
