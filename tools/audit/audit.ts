import * as v from 'valibot';
import { reasonOf } from '../../src/mailgun-client/ask';
import type { Walk } from '../../src/mailgun-client/circle';
import { excerptOf } from '../../src/without-addresses';
import { CannotRun } from '../cannot-run';
import { followCursor } from '../follow-cursor';
import { createHttpClient } from '../http-client';

const step = v.object({
  items: v.array(
    v.object({ where: v.string(), what: v.string(), expected: v.unknown(), stored: v.unknown() }),
  ),
  next: v.nullable(v.string()),
  part: v.string(),
  checked: v.number(),
  skipped: v.array(v.string()),
});

/** A step of the audit as `POST /api/audit` answers it. */
export type AuditStep = v.InferOutput<typeof step>;

/**
 * Walks through the audit of a space, step by step: rebuilds everything from the event log and compares.
 * @param fix whether what differs is written
 * @throws Error with a sentence when the space does not answer as it should
 */
export async function* audit(
  space: { url: string; apiKey: string },
  fix: boolean,
): AsyncGenerator<AuditStep> {
  const client = createHttpClient(1);
  const url = new URL(`${space.url}/api/audit`);
  const headers = { 'x-apikey': space.apiKey, 'content-type': 'application/json' };
  try {
    let cursor: string | null = null;
    let walk: Walk | null = null;
    do {
      const body = Buffer.from(JSON.stringify({ fix, cursor }));
      const answer = await client.send(url, { method: 'POST', headers, body }).catch((error: unknown) => {
        throw new CannotRun(
          `The space ${space.url} cannot be reached (${reasonOf(error)}): start it with "npm start", or look at --url.`,
        );
      });
      if (answer.status === 401 || answer.status === 403) throw new Error('The space refuses the API key.');
      if (answer.status !== 200)
        throw new Error(`The space answers ${answer.status}: ${excerptOf(answer.text, 300)}`);
      const found: AuditStep = v.parse(step, JSON.parse(answer.text));
      yield found;
      cursor = found.next;
      if (cursor !== null) walk = followCursor(walk, cursor);
    } while (cursor !== null);
  } finally {
    client.close();
  }
}
