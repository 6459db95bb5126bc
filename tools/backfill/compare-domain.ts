import { setTimeout as pause } from 'node:timers/promises';
import { CannotRun } from '../cannot-run';
import type { BackfillClient } from './backfill-client';

/** How often in a row Mailgun may ask for a pause. */
const maxWaits = 10;

/** What came of one domain. */
export interface Outcome {
  readonly domain: string;
  readonly from: string;
  readonly to: string;
  seen: number;
  known: number;
  /** By type. */
  readonly added: Map<string, number>;
  /** Up to where all is stored, as an ISO time. */
  checkedUntil: string;
  /** Why it was not compared to its end. */
  problem: string | null;
}

/** Is told of every slice, with where to go on (null: it is through), and of every wait. */
export interface Watcher {
  step(outcome: Outcome, cursor: string | null): void;
  wait(sentence: string, seconds: number): void;
}

/** What of a domain is to be compared, and where to go on; null: at the beginning. */
export interface Question {
  readonly domain: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly cursor: string | null;
}

/**
 * Compares a span of a domain's record, slice by slice, until it is through or Mailgun refuses for good.
 * @throws CannotRun when nothing could be asked
 */
export async function compareDomain(
  space: BackfillClient,
  { cursor: start, ...question }: Question,
  watcher: Watcher,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  let cursor = start;
  let waits = 0;
  do {
    let step: Awaited<ReturnType<BackfillClient['compareStep']>>;
    try {
      step = await space.compareStep({ ...question, cursor });
    } catch (error) {
      if (error instanceof CannotRun || outcome === undefined || !(error instanceof Error)) throw error;
      outcome.problem = error.message;
      return outcome;
    }
    const { from, to, checkedUntil, problem, next } = step;
    outcome ??= {
      domain: question.domain,
      from,
      to,
      seen: 0,
      known: 0,
      added: new Map(),
      checkedUntil,
      problem: null,
    };
    outcome.seen += step.seen;
    outcome.known += step.known;
    outcome.checkedUntil = checkedUntil;
    for (const [type, count] of Object.entries(step.added))
      outcome.added.set(type, (outcome.added.get(type) ?? 0) + count);
    watcher.step(outcome, next);

    waits = problem === null || step.seen > 0 ? 0 : waits + 1;
    if (problem !== null) {
      if (problem.retrySeconds === null || waits > maxWaits) {
        outcome.problem = problem.detail;
        return outcome;
      }
      watcher.wait(problem.detail, problem.retrySeconds);
      await pause(problem.retrySeconds * 1000);
    }
    cursor = next;
  } while (cursor !== null);
  return outcome;
}
