import { byHand, obstacleToByHand } from '../candidates/by-hand';
import type { Candidate } from '../candidates/candidate';
import { documented } from '../candidates/documented';
import { limit } from '../candidates/limit';
import { publishedExample } from '../candidates/local-space';
import { type OurBundles, ours } from '../candidates/ours';
import { rounded } from '../measure/numbers';
import type { BenchOptions } from '../options';
import { countStorageCalls } from '../ours/count-calls';
import type { Report } from '../report';
import { compare } from './compare';
import { connectionsTable, figuresOf, mainTable } from './report';
import { targetsOf } from './targets';

/** The event whose calls are shown: a delivery with two tags to a known address. */
const usual = { type: 'delivered', recipient: 'one@example.com', tags: ['a', 'b'] } as const;

/** Compares this app with what else takes webhooks, and shows that the load generator is not what was measured. */
export async function runComparison(
  options: BenchOptions,
  bundles: OurBundles,
  report: Report,
): Promise<void> {
  const calls = await countStorageCalls(bundles.whole, documented, usual, 2);
  const own = ours({ answer: calls.untilAnswer.length, worker: calls.worker.length }, bundles);
  const obstacle = obstacleToByHand();
  if (obstacle !== null) report.tell(obstacle);
  const every: Candidate[] = [limit, ...(obstacle === null ? [byHand] : []), ...publishedExample, ...own];
  const { only } = options;
  const chosen = every.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  if (chosen.length === 0)
    throw new Error(`No candidate is called so; there are ${every.map(({ name }) => name).join(', ')}.`);

  const all = await compare(chosen, options, (line) => report.tell(line));
  report.table(`Candidates at 32 connections, medians of ${options.rounds} rounds`, mainTable(all));
  report.table('The same at 1 and at 256 connections', connectionsTable(all));
  const fastest = all.find(({ candidate }) => candidate === limit);
  if (fastest !== undefined) {
    const { generatorShare, acknowledgedPerSecond } = figuresOf(fastest, 32);
    report.tell(
      `The load generator was busy ${rounded(generatorShare * 100)} % of one core at ` +
        `${Math.round(acknowledgedPerSecond)} events/s against the limit: alone it could send about ` +
        `${Math.round(acknowledgedPerSecond / generatorShare)} events/s.`,
    );
  }
  for (const rounds of all)
    if (own.some((candidate) => candidate === rounds.candidate)) report.target(...targetsOf(rounds, all));
}
