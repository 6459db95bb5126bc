import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';
import { createHttpClient } from '../http-client';

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
const refusal = v.object({ detail: v.string() });

/** How often a space that does not answer is asked, and how long is waited in between, in milliseconds. */
const retry = { times: 5, every: 2000 };

/** The space that does the back-fill. */
export interface SpaceClient {
  /** The domains that the space compares by itself. @throws CannotRun */
  domains(): Promise<string[]>;
  /** Compares a slice. @throws CannotRun; Error with a sentence when the space does not answer as it should */
  compareStep(question: {
    domain: string;
    from: string;
    to?: string | undefined;
    cursor: string | null;
  }): Promise<Step>;
  close(): void;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function connectSpace(space: { url: string; apiKey: string }): SpaceClient {
  const client = createHttpClient(1);
  const url = new URL(`${space.url}/api/backfill`);
  const headers = { 'x-apikey': space.apiKey, 'content-type': 'application/json' };

  async function askOnce(method: 'GET' | 'POST', body: Buffer | undefined) {
    try {
      return await client.send(url, { method, headers, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      return { status: 0, text: error instanceof Error ? error.message : String(error) };
    }
  }

  async function ask(method: 'GET' | 'POST', question?: object): Promise<unknown> {
    const body = question === undefined ? undefined : Buffer.from(JSON.stringify(question));
    for (let times = 1; ; times += 1) {
      const { status, text } = await askOnce(method, body);
      const answer = parseJson(text);
      if (status === 200) return answer;
      const said = v.safeParse(refusal, answer);
      if (status === 401 || status === 403) throw new CannotRun('The space refuses the API key.');
      if (status === 404)
        throw new CannotRun(`${space.url} has no back-fill: look at --url, or deploy the app anew.`);
      if (status === 400) throw new CannotRun(said.success ? said.output.detail : text.slice(0, 300));
      if (times === retry.times) {
        throw new Error(
          status === 0
            ? `The space ${space.url} cannot be reached (${text}): start it with "npm start", or look at --url.`
            : `The space answers ${status}: ${said.success ? said.output.detail : text.slice(0, 300)}`,
        );
      }
      await pause(retry.every);
    }
  }

  return {
    async domains() {
      const { configured, problem, items } = v.parse(state, await ask('GET'));
      if (!configured)
        throw new CannotRun(problem ?? 'The space has no MAILGUN_API_KEY: set it there first.');
      if (items.length === 0)
        throw new CannotRun('The space has not compared any domain yet: name one by --domain.');
      return items.map(({ domain }) => domain);
    },
    compareStep: async (question) => v.parse(step, await ask('POST', question)),
    close: () => client.close(),
  };
}
