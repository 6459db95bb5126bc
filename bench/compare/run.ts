import type { Durability } from '../../local/storage';
import { byHand, obstacleToByHand } from '../candidates/by-hand';
import type { Candidate } from '../candidates/candidate';
import { limit } from '../candidates/limit';
import { publishedExample } from '../candidates/local-space';
import { type OurBundles, ours } from '../candidates/ours';
import { rounded } from '../measure/numbers';
import type { BenchOptions } from '../options';
import type { Report } from '../report';
import { compare, type Rounds } from './compare';
import { measureAtRates } from './rates';
import { connectionsTable, figuresOf, mainTable, ratesTable } from './report';
import { type Target, targetsOf, targetsTable } from './targets';

const durabilities: readonly Durability[] = ['process', 'disk'];

/** The peers that can run here; says so when they cannot. */
function peersFor(report: Report): Candidate[] {
  const obstacle = obstacleToByHand();
  if (obstacle === null) return durabilities.map(byHand);
  report.tell(obstacle);
  return [];
}

/** @throws Error when no candidate is meant */
function choose(every: readonly Candidate[], { only }: BenchOptions): Candidate[] {
  const chosen = every.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  if (chosen.length > 0) return chosen;
  throw new Error(`No candidate is called so; there are ${every.map(({ name }) => name).join('; ')}.`);
}

/** Compares this app with what else takes webhooks, and shows that the load generator is not what was measured. */
export async function runComparison(
  options: BenchOptions,
  bundles: OurBundles,
  report: Report,
): Promise<void> {
  const peers = peersFor(report);
  const own = durabilities.flatMap((durability) => [
    ours('sources', durability, bundles),
    ours('bundle', durability, bundles),
  ]);
  const chosen = choose([limit, ...publishedExample, ...peers, ...own], options);
  const all = await compare(chosen, options, (line) => report.progress(line));
  report.table(`At 32 connections, medians of ${options.rounds} rounds`, mainTable(all));
  report.table('At 1 and at 256 connections', connectionsTable(all));
  const targets: Target[] = [];
  for (const rounds of all) {
    const { candidate } = rounds;
    if (candidate === limit) {
      const { generatorShare, answeredPerSecond } = figuresOf(rounds, 32);
      report.tell(
        `The load generator was busy ${rounded(generatorShare * 100)} % of one core at ` +
          `${Math.round(answeredPerSecond)} events/s against the limit: alone it could send about ` +
          `${Math.round(answeredPerSecond / generatorShare)} events/s.`,
      );
    }
    const isEqualPeer = (other: Rounds) =>
      peers.includes(other.candidate) && other.candidate.durability === candidate.durability;
    const peer = own.includes(candidate) ? all.find(isEqualPeer) : undefined;
    if (peer !== undefined) targets.push(...targetsOf(rounds, peer));
  }
  if (targets.length > 0)
    report.table('Beside the peer of equal durability, medians of the ratios', targetsTable(targets));
}

/** Shows answers and effects where people live: at constant rates, on the disk. */
export async function runRates(options: BenchOptions, bundles: OurBundles, report: Report): Promise<void> {
  const onDisk = peersFor(report).filter(({ durability }) => durability === 'disk');
  const chosen = choose([...onDisk, ours('bundle', 'disk', bundles)], options);
  const results = await measureAtRates(chosen, options.seconds);
  report.table(`At constant rates, ${options.seconds} s each`, ratesTable(results));
}
