import * as v from 'valibot';
import { CannotRun } from '../cannot-run';
import type { SpaceClient } from '../space-client';

const step = v.object({
  from: v.string(),
  to: v.string(),
  seen: v.number(),
  known: v.number(),
  added: v.record(v.string(), v.number()),
  checkedUntil: v.string(),
  problem: v.nullable(v.object({ detail: v.string(), retrySeconds: v.nullable(v.number()) })),
  next: v.nullable(v.string()),
});
/** A slice as `POST /api/backfill` answers it. */
export type Step = v.InferOutput<typeof step>;

const state = v.object({
  configured: v.boolean(),
  problem: v.nullable(v.string()),
  items: v.array(v.object({ domain: v.string() })),
});
/** The space that does the back-fill. */
export interface BackfillClient {
  /** The domains that the space compares by itself; none before it has asked Mailgun for them. @throws CannotRun */
  domains(): Promise<string[]>;
  /** Compares a slice. @throws CannotRun; Error with a sentence when the space does not answer as it should */
  compareStep(question: {
    domain: string;
    from: string;
    to?: string | undefined;
    cursor: string | null;
  }): Promise<Step>;
}

export function backfillOf(space: SpaceClient): BackfillClient {
  return {
    async domains() {
      const { configured, problem, items } = await space.ask(state, 'GET', 'backfill');
      if (!configured)
        throw new CannotRun(problem ?? 'The space has no MAILGUN_API_KEY: set it there first.');
      return items.map(({ domain }) => domain);
    },
    compareStep: (question) => space.ask(step, 'POST', 'backfill', question),
  };
}
