import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Space, startSpace } from '../../../local/space';
import { openStorage } from '../../../local/storage';
import { type Switches, usual } from '../../../local/switches/switches';
import { type QuietConsole, quietConsole } from '../virtual-space/console';
import { type Call, interceptConnection } from '../virtual-space/intercept';
import { signingKey } from '../virtual-space/virtual-space';
import { Client } from './client';

const readWriteToken = 'read-write-token-of-the-torture';
export const readOnlyToken = 'read-only-token-of-the-torture';

/** A running space with the app, reached over HTTP like the real one. */
export interface AttackedSpace {
  readonly space: Space;
  readonly client: Client;
  readonly log: QuietConsole;
  /** Waits until nothing is left to process, then counts. @returns what is not as it should be */
  drain(): Promise<string[]>;
  /** From now on no worker comes to its end, until the space has started again. */
  holdJobs(): void;
  /** From now until the restart a collection can be read so often and not once more. */
  failReading(collection: string, after: number): void;
  /**
   * Stops the space as it is and starts it again on its data, as if ten minutes had passed meanwhile.
   * @returns how many events had not been processed
   */
  restart(): Promise<number>;
  close(): Promise<void>;
}

const auditStep = v.object({ items: v.array(v.unknown()), next: v.nullable(v.string()) });

/** Ten minutes in the life of what waits, in milliseconds. */
const pause = 600_000;

/** How long a space that stops waits for its workers, in milliseconds: held ones never end. */
const stopLimit = 200;

/** Makes the events that wait older, so that the sweep takes them for stuck. @returns how many there are */
async function growOlder(directory: string): Promise<number> {
  const storage = openStorage({ directory, switches: usual });
  try {
    const receivedAt = new Date(Date.now() - pause).toISOString();
    const waiting = { state: { $exists: false } };
    return (await storage.connection().updateMany('email_events', waiting, { $set: { receivedAt } })).count;
  } finally {
    await storage.close();
  }
}

/**
 * Starts a space of its own.
 * @param sharedLog for several arenas at once, whose lines cannot be told apart; its owner restores it
 */
export async function openAttackedSpace(
  bundleFile: string,
  switches: Partial<Switches> = {},
  env: Record<string, string> = { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
  sharedLog?: QuietConsole,
): Promise<AttackedSpace> {
  const log = sharedLog ?? quietConsole();
  const directory = mkdtempSync(join(tmpdir(), 'torture-space-'));
  const start = () =>
    startSpace({
      directory,
      app: { kind: 'bundle', file: bundleFile },
      env,
      switches,
      // What a plan refuses, and how late wrong keys are answered, are other matters, and would have to be waited out.
      limits: { callsPerMinute: Number.POSITIVE_INFINITY, wrongKeyDelayMs: 1 },
      apiKey: readWriteToken,
      tokens: [{ token: readOnlyToken, access: 'READ' }],
      log: ({ text }) => log.add(text),
      wrapConnection: (connection) =>
        interceptConnection(connection, async (call, run) => {
          await beforeCall(call);
          return run();
        }),
    });
  const nothing = async () => {};
  let beforeCall: (call: Call) => Promise<void> = nothing;
  let space = await start();
  let client = new Client(space.url);
  const key = { 'x-apikey': readWriteToken, 'content-type': 'application/json' };
  return {
    get space() {
      return space;
    },
    get client() {
      return client;
    },
    log,
    holdJobs: () => {
      beforeCall = ({ on }) => (on === 'subscribers' ? new Promise(() => {}) : nothing());
    },
    failReading: (collection, after) => {
      let reads = 0;
      beforeCall = async ({ operation, on }) => {
        if (operation !== 'getMany' || on !== collection) return;
        reads += 1;
        if (reads > after) throw new Error('Storage is not available (injected).');
      };
    },
    restart: async () => {
      client.close();
      await space.stop(stopLimit);
      beforeCall = nothing;
      const waiting = await growOlder(directory);
      space = await start();
      client = new Client(space.url);
      return waiting;
    },
    drain: async () => {
      // Twice at once, as cron may overlap itself.
      await Promise.all([space.runJobs(), space.runJobs()]);
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
