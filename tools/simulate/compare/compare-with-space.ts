import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../campaign/plan-campaign';
import { NoAnswer } from '../errors/cannot-simulate';
import { emptyStatistics } from '../plan/model';
import {
  compareSnapshots,
  compareSubscribers,
  isDifferent,
  type Section,
  type Snapshot,
} from './differences';
import { createSpaceReader, type SpaceAccess, type SpaceReader, type StoredSubscriber } from './read-back';

export interface CompareSettings extends SpaceAccess {
  /** The numbers before the run, from `readSnapshot`. Default: those of a space without events. */
  readonly before?: Snapshot;
  /** How long nothing may change before a difference is final. Default 60. */
  readonly maxWaitSeconds?: number;
  /** How long equality must last, since a number that is counted twice grows late. Default 3. */
  readonly steadySeconds?: number;
  readonly signal?: AbortSignal;
}

/** What the space holds beside what it should hold. */
export interface Comparison {
  readonly sections: readonly Section[];
  readonly isDifferent: boolean;
  /** Seconds from the call until the last change that was seen. */
  readonly steadyAfterSeconds: number;
}

const pollSeconds = 0.5;

/** What of a space a run is about. */
interface Parts {
  readonly tags: Iterable<string>;
  /** The UTC days whose failures are read. */
  readonly days: Iterable<string>;
}

async function snapshot(reader: SpaceReader, { tags, days }: Parts): Promise<Snapshot> {
  const summary = await reader.readSummary();
  const campaigns = [...tags].map(async (tag) => [tag, await reader.readCampaign(tag)] as const);
  const failures = await Promise.all([...days].map((day) => reader.readFailures(day)));
  return {
    ...summary,
    tags: new Map(await Promise.all(campaigns)),
    failures: new Map(failures.flatMap((ofDay) => [...ofDay])),
  };
}

/** The days on which something of a run happened. */
export function daysOf(plan: Plan): string[] {
  return [...plan.expected.all.days.keys()];
}

/**
 * Reads the numbers of all mail, of some tags and days: what a space that is in use holds before a run.
 * @param restSeconds how long they must have stayed the same, since a space may still be counting what
 * another run has sent. Default 0: no matter.
 */
export async function readSnapshot(access: SpaceAccess, parts: Parts, restSeconds = 0): Promise<Snapshot> {
  const reader = createSpaceReader(access);
  try {
    let present = await snapshot(reader, parts);
    let changedAt = performance.now();
    while (performance.now() - changedAt < restSeconds * 1000) {
      await sleep(pollSeconds * 1000);
      const next = await snapshot(reader, parts);
      if (!isDeepStrictEqual(next, present)) changedAt = performance.now();
      present = next;
    }
    return present;
  } finally {
    reader.close();
  }
}

/** True when a run with this plan's seed has told the space of its first recipient before. */
export async function wasPlayedBefore(plan: Plan, access: SpaceAccess): Promise<boolean> {
  const reader = createSpaceReader(access);
  try {
    return await reader.hasSubscriber(plan.firstRecipient);
  } finally {
    reader.close();
  }
}

async function compareOnce(plan: Plan, reader: SpaceReader, before: Snapshot, parts: Parts) {
  const numbers = compareSnapshots(plan.expected, before, await snapshot(reader, parts));
  const subscribers: StoredSubscriber[] = [];
  for await (const subscriber of reader.readSubscribers()) subscribers.push(subscriber);
  return [...numbers, compareSubscribers(plan.expected.subscribers, plan.strangers, subscribers)];
}

/**
 * Compares what a space holds with what the plan expects, and waits until processing has come to rest:
 * until both are equal and stay so, or nothing has changed for long.
 * @throws CannotSimulate when the space cannot be read
 */
export async function compareWithSpace(plan: Plan, settings: CompareSettings): Promise<Comparison> {
  const { maxWaitSeconds = 60, steadySeconds = 3, signal } = settings;
  const tags = new Set([...(settings.before?.tags.keys() ?? []), ...plan.expected.tags.keys()]);
  const parts = { tags, days: daysOf(plan) };
  const before = settings.before ?? {
    all: emptyStatistics(),
    providers: new Map(),
    tags: new Map(),
    failures: new Map(),
  };
  const reader = createSpaceReader(settings);
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  let last = '';
  let changedAt = 0;
  let answeredAt = 0;
  try {
    for (;;) {
      const readAt = elapsed();
      const sections = await compareOnce(plan, reader, before, parts).catch((error: unknown) => {
        // A space that starts again in the meantime is waited for as a change would be.
        if (error instanceof NoAnswer && elapsed() - answeredAt < maxWaitSeconds) return undefined;
        throw error;
      });
      if (sections === undefined) {
        await sleep(pollSeconds * 1000);
        continue;
      }
      answeredAt = elapsed();
      const present = JSON.stringify(sections);
      if (present !== last) changedAt = elapsed();
      last = present;
      const different = isDifferent(sections);
      const restSeconds = elapsed() - changedAt;
      if (restSeconds >= (different ? maxWaitSeconds : steadySeconds) || signal?.aborted === true) {
        return { sections, isDifferent: different, steadyAfterSeconds: changedAt };
      }
      // A large space is read less often, so that reading does not hold up what is waited for.
      await sleep(Math.max(pollSeconds, elapsed() - readAt) * 1000);
    }
  } finally {
    reader.close();
  }
}
