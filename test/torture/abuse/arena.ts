import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Quirks } from '../../../local/quirks';
import { type Space, startSpace } from '../../../local/space';
import { type QuietConsole, quietConsole } from '../machine/console';
import { signingKey } from '../machine/machine';
import { Client } from './client';

export const readOnlyToken = 'read-only-token-of-the-torture';

/** A running space with the app, reached over HTTP like the real one. */
export interface Arena {
  readonly space: Space;
  readonly client: Client;
  readonly log: QuietConsole;
  /** Waits until nothing is left to process, then counts. @returns what is not as it should be */
  settle(): Promise<string[]>;
  close(): Promise<void>;
}

const auditStep = v.object({ items: v.array(v.unknown()), next: v.nullable(v.string()) });

/**
 * Starts a space of its own.
 * @param sharedLog for several arenas at once, whose lines cannot be told apart; its owner restores it
 */
export async function openArena(
  bundleFile: string,
  quirks: Partial<Quirks> = {},
  env: Record<string, string> = { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
  sharedLog?: QuietConsole,
): Promise<Arena> {
  const log = sharedLog ?? quietConsole();
  const directory = mkdtempSync(join(tmpdir(), 'torture-space-'));
  const space = await startSpace({
    directory,
    app: { kind: 'bundle', file: bundleFile },
    env,
    quirks,
    tokens: [{ token: readOnlyToken, access: 'READ' }],
    log: ({ text }) => log.add(text),
  });
  const client = new Client(space.url);
  const key = { 'x-apikey': space.apiKey, 'content-type': 'application/json' };
  return {
    space,
    client,
    log,
    settle: async () => {
      const pending = { state: { $exists: false } };
      for (let round = 0; (await space.connection.count('email_events', pending)) > 0; round += 1) {
        if (round === 2400) return ['events are left unprocessed'];
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      await space.runJobs();
      const dead = await space.connection.count('email_events', { state: 'dead' });
      const problems = dead === 0 ? [] : [`${dead} events are dead`];
      let cursor: string | null = null;
      do {
        const body = Buffer.from(JSON.stringify({ fix: false, cursor }));
        const answer = await client.send('/api/audit', 'POST', key, body);
        if (answer.status !== 200) return [...problems, `the audit answered ${answer.status}`];
        const step: v.InferOutput<typeof auditStep> = v.parse(auditStep, JSON.parse(answer.body));
        problems.push(...step.items.map((item) => `audit: ${JSON.stringify(item)}`));
        cursor = step.next;
      } while (cursor !== null);
      return problems;
    },
    close: async () => {
      client.close();
      await space.stop();
      if (sharedLog === undefined) log.restore();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
