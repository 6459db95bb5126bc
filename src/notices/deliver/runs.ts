import * as v from 'valibot';
import { Collection } from '../../store/collection';
import { compareAndSet, type RevisedDocument } from '../../store/compare-and-set';
import type { Connection } from '../../store/connection';

/*
 * One runner at a time works off the deliveries of a destination, so that one that is slow or dead takes one worker and
 * no more; how it answers is known to all of them.
 */

/** How long a runner is believed to live: longer than its time for a run and its last requests. */
const holdMs = 60_000;

const text = v.optional(v.nullable(v.string()), null);

const run = v.object({
  holder: text,
  /** Until when nobody else may, in milliseconds since 1970. */
  heldUntil: v.optional(v.number(), 0),
  /** Until when the destination is left alone. */
  restUntil: v.optional(v.number(), 0),
  /** Attempts that failed one after the other. */
  failures: v.optional(v.number(), 0),
  /** When the next job is queued for; only saves jobs. */
  wakeAt: v.optional(v.number(), 0),
  lastDeliveredAt: text,
  lastError: text,
});

/** How a destination is doing. */
export type Run = v.InferOutput<typeof run>;

const parseRun = (document: unknown): Run => v.parse(run, document);

/** How each destination is doing, under its id. */
export const runs = new Collection<RevisedDocument & Run & { kind: 'run' }, Run>(
  'destination_runs',
  parseRun,
);

const noRun = v.parse(run, {});

export async function readRun(connection: Connection, destination: string): Promise<Run> {
  return (await runs.find(connection, destination)) ?? noRun;
}

function change(
  connection: Connection,
  destination: string,
  decide: (current: Run) => Partial<Run> | null,
): Promise<void> {
  return compareAndSet(connection, runs, {
    id: destination,
    identity: { kind: 'run' },
    parse: parseRun,
    decide: (stored) => decide(stored ?? noRun),
  });
}

/** A time that another clock may have written: one that is far ahead must not hold or rest for ever. */
const isAhead = (time: number, now: number, mostMs: number) => time > now && time <= now + mostMs;

/** Longest rest that is believed. */
const maxRestMs = 7 * 3_600_000;

/**
 * Takes a destination for one runner, unless another one has it or it is left alone.
 * @param now milliseconds since 1970
 * @returns how the destination was doing; null when the runner may not
 */
export async function takeRun(
  connection: Connection,
  destination: string,
  { holder, now }: { holder: string; now: number },
): Promise<Run | null> {
  let taken: Run | null = null;
  await change(connection, destination, (current) => {
    taken = current;
    if (current.holder === holder) return null;
    if (isAhead(current.heldUntil, now, holdMs) || isAhead(current.restUntil, now, maxRestMs)) {
      taken = null;
      return null;
    }
    return { holder, heldUntil: now + holdMs, wakeAt: current.wakeAt <= now ? 0 : current.wakeAt };
  });
  return taken;
}

/** Gives the destination back, with how it is doing. */
export async function returnRun(
  connection: Connection,
  destination: string,
  holder: string,
  fields: Partial<Omit<Run, 'holder' | 'heldUntil'>>,
): Promise<void> {
  await change(connection, destination, (current) =>
    current.holder === holder ? { ...fields, holder: null, heldUntil: 0 } : null,
  );
}

/** Lets a destination be tried at once, whatever it did before. */
export async function endRest(connection: Connection, destination: string): Promise<void> {
  await change(connection, destination, ({ restUntil }) =>
    restUntil === 0 ? null : { restUntil: 0, failures: 0 },
  );
}

/** Notes that a job comes at a time. @returns whether none is on its way that comes before it */
export async function noteWake(
  connection: Connection,
  destination: string,
  at: number,
  now: number,
): Promise<boolean> {
  let isNew = false;
  await change(connection, destination, ({ wakeAt }) => {
    isNew = !(wakeAt > now && wakeAt <= at);
    return isNew ? { wakeAt: at } : null;
  });
  return isNew;
}

/** Forgets how a destination was doing. */
export async function removeRun(connection: Connection, destination: string): Promise<void> {
  await runs.removeMany(connection, { _id: destination });
}
