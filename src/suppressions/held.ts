import * as v from 'valibot';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import type { Change } from './change';
import { type FeedPosition, readChanges } from './feed';
import { type SuppressionList, suppressionLists } from './suppression';

const perList = v.object(v.entriesFromList(suppressionLists, v.optional(v.number(), 0)));

const heldCounts = v.object({
  /** The place in the feed up to which its changes are counted. */
  slot: v.optional(v.number(), 0),
  changes: v.optional(v.number(), 0),
  added: v.optional(perList, {}),
  lifted: v.optional(perList, {}),
});

/** How many suppressions were added and lifted by list, and up to where in the feed. */
export type HeldCounts = v.InferOutput<typeof heldCounts>;

const parseCounts = (document: unknown): HeldCounts => v.parse(heldCounts, document ?? {});

/** One document: numbers and the place that they stand for are written together, so that no change counts twice. */
const counts = new Collection<RevisedDocument & HeldCounts & { kind: 'counts' }, HeldCounts>(
  'suppression_counts',
  parseCounts,
);
const id = 'counts';

/** Changes of one step. */
const stepSize = 500;

function countOf(
  before: Record<SuppressionList, number>,
  changes: readonly Change[],
  kind: Change['kind'],
): Record<SuppressionList, number> {
  const after = { ...before };
  for (const { kind: own, suppression } of changes) if (own === kind) after[suppression.list] += 1;
  return after;
}

export async function readHeldCounts(connection: Connection): Promise<HeldCounts> {
  return parseCounts(await counts.findDocument(connection, id));
}

const isSame = (a: FeedPosition, b: FeedPosition) => a.slot === b.slot && a.changes === b.changes;

/**
 * Counts the changes of the feed that were not counted yet. Two runs at once write the same, or the second finds that the
 * place has moved and leaves it at that.
 * @param deadline milliseconds since 1970; one step is always done
 */
export async function countHeld(connection: Connection, deadline: number): Promise<void> {
  let isOver = false;
  do isOver = await countStep(connection);
  while (!isOver && Date.now() < deadline);
}

/** @returns whether there is no more to count */
async function countStep(connection: Connection): Promise<boolean> {
  const from = await readHeldCounts(connection);
  const { changes, next } = await readChanges(connection, from, stepSize);
  if (isSame(from, next)) return true;
  await compareAndSet(connection, counts, {
    id,
    identity: { kind: 'counts' },
    parse: parseCounts,
    decide: (stored) => {
      const current = stored ?? parseCounts(null);
      if (!isSame(current, from)) return null;
      return {
        slot: next.slot,
        changes: next.changes,
        added: countOf(current.added, changes, 'added'),
        lifted: countOf(current.lifted, changes, 'lifted'),
      };
    },
  });
  return changes.length < stepSize;
}
