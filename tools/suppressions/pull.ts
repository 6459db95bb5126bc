import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { printable, tell } from '../command';
import type { SpaceClient } from '../space-client';

const place = v.object({
  domain: v.string(),
  list: v.string(),
  isRunning: v.boolean(),
  seen: v.number(),
  added: v.number(),
  lifted: v.number(),
  finishedAt: v.nullable(v.string()),
  lastError: v.nullable(v.string()),
});
const step = v.object({
  done: v.boolean(),
  problem: v.nullable(v.object({ detail: v.string(), retrySeconds: v.nullable(v.number()) })),
  items: v.array(place),
});
type Place = v.InferOutput<typeof place>;

/** How often in a row the space may say that it has to wait. */
const maxWaits = 30;

function describe({ domain, list, seen, added, lifted, lastError }: Place): string {
  const told = `${domain} ${list}: ${seen} seen, ${added} added, ${lifted} lifted`;
  return lastError === null ? told : `${told}; stopped: ${lastError}`;
}

/** Lets the space compare Mailgun's lists until it is through. @returns whether all were compared */
export async function pull(space: SpaceClient, since: string): Promise<boolean> {
  let waits = 0;
  let told = '';
  for (;;) {
    const { done, problem, items } = await space.ask(step, 'POST', 'suppressions/pull', { since });
    const now = items
      .filter(({ isRunning }) => isRunning)
      .map(describe)
      .join('\n');
    if (now !== '' && now !== told) tell(now);
    waits = problem === null || now !== told ? 0 : waits + 1;
    told = now;
    const isOver = done || (problem !== null && (problem.retrySeconds === null || waits > maxWaits));
    if (isOver) {
      for (const item of items) console.log(printable(describe(item)));
      if (problem !== null) console.log(printable(problem.detail));
      return done;
    }
    if (problem?.retrySeconds != null) {
      tell(`${problem.detail} Waiting ${problem.retrySeconds} s.`);
      await pause(problem.retrySeconds * 1000);
    }
  }
}
