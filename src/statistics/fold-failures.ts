import type { Level } from './bucket';
import { type FailureGroup, failureDimension, failureGroupOf, others } from './failure-group';
import type { Tally } from './tally';
import { TallyBuilder } from './tally-builder';

/** Groups of failures that an hour, a day or an answer keeps as they are, the largest ones. */
const maxWholeGroups = 500;

/** What all smaller groups are taken for, and from how many groups on, as a multiple of those that are kept. */
const coarser: ReadonlyArray<{ from: number; of: (group: FailureGroup) => FailureGroup }> = [
  { from: 1, of: (group) => ({ ...group, code: others }) },
  { from: 2, of: (group) => ({ ...group, code: others, domain: others }) },
];

const failuresOf = ({ counts }: Tally) => counts.failures ?? 0;

/** The largest first, in one order whatever order they come in. */
function largestFirst(a: Tally, b: Tally): number {
  return failuresOf(b) - failuresOf(a) || (a.dimension < b.dimension ? -1 : 1);
}

/**
 * Keeps the number of groups of failures within bounds: providers make up codes, and an owner may have thousands of
 * domains. The smallest groups become one for each domain, provider and class, and when there are too many of these, one
 * for each provider and class. No failure is lost, and the same tallies give the same groups in any order.
 */
export function foldFailures(tallies: readonly Tally[], limit = maxWholeGroups): readonly Tally[] {
  let folded = tallies;
  for (const { from, of } of coarser) {
    const groups = folded.filter(({ dimension }) => failureGroupOf(dimension) !== null);
    if (groups.length <= limit * from) return folded;
    const small = new Set(groups.sort(largestFirst).slice(limit));
    const builder = new TallyBuilder();
    builder.addTallies(
      folded.map((tally) => {
        const group = small.has(tally) ? failureGroupOf(tally.dimension) : null;
        return group === null ? tally : { ...tally, dimension: failureDimension(of(group)) };
      }),
    );
    folded = builder.tallies();
  }
  return folded;
}

/** What a bucket of a level keeps of what was added up. The small ones keep all: a long one is folded as a whole. */
export function talliesKeptAt(level: Level, builder: TallyBuilder): readonly Tally[] {
  return level === 'hour' || level === 'day' ? foldFailures(builder.tallies()) : builder.tallies();
}
