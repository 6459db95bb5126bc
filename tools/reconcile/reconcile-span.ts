import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import type { SpaceClient } from '../space-client';
import type { Arguments } from './arguments';

/** How often in a row Mailgun may ask for a pause, or another run may be under way. */
const maxWaits = 30;
/** How long is waited until events that were brought back are counted. */
const countSeconds = 2;

const step = v.object({
  from: v.string(),
  to: v.string(),
  done: v.boolean(),
  waiting: v.boolean(),
  compared: v.number(),
  problem: v.nullable(v.object({ detail: v.string(), retrySeconds: v.nullable(v.number()) })),
});
/** A step as `POST /api/reconciliation` answers it. */
export type Step = v.InferOutput<typeof step>;

/** Is told of every step, and of every wait. */
export interface Watcher {
  step(found: Step): void;
  wait(sentence: string, seconds: number): void;
}

/**
 * Lets a space compare a span of days, step by step.
 * @param since ISO: what was compared before is compared anew
 * @returns the days that were compared, and why not all were; null when all were
 * @throws CannotRun when the space refuses; Error when it does not answer as it should
 */
export async function reconcileSpan(
  space: SpaceClient,
  { from, to, domain }: Pick<Arguments, 'from' | 'to' | 'domain'>,
  since: string,
  watcher: Watcher,
): Promise<{ from: string; to: string; problem: string | null }> {
  const question = { from, to, since, ...(domain !== undefined && { domain }) };
  let waits = 0;
  for (;;) {
    const found = await space.ask(step, 'POST', 'reconciliation', question);
    watcher.step(found);
    const span = { from: found.from, to: found.to };
    if (found.done) return { ...span, problem: null };
    const { problem, waiting } = found;
    waits = problem === null && !waiting ? 0 : waits + 1;
    if (problem !== null && problem.retrySeconds === null) return { ...span, problem: problem.detail };
    if (waits > maxWaits)
      return {
        ...span,
        problem: problem?.detail ?? 'Events that were brought back are not counted: look at /health.',
      };
    if (problem === null && !waiting) continue;
    const seconds = problem?.retrySeconds ?? countSeconds;
    if (problem !== null) watcher.wait(problem.detail, seconds);
    await pause(seconds * 1000);
  }
}
