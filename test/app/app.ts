import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { inject } from 'vitest';
import type { AppSource } from '../../local/runtime/app-source';
import type { LogEntry } from '../../local/runtime/log';
import { type Space, type SpaceOptions, startSpace } from '../../local/space';

export const signingKey = 'key-0123456789abcdef0123456789abcdef';

/** The two ways in which the app runs; every end-to-end test runs both. */
export const kinds = ['sources', 'bundle'] as const;
export type Kind = (typeof kinds)[number];

export function appOf(kind: Kind): AppSource {
  return kind === 'sources'
    ? { kind, entry: join(process.cwd(), 'index.js') }
    : { kind, file: inject('bundleFile') };
}

export interface SignatureBlock {
  timestamp: string;
  token: string;
  signature: string;
}

/** The UTC day that lies so many days back, `2026-11-24`. What is over a year old counts as of when it came in. */
export function dayAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

/** A signature as Mailgun makes it: HMAC-SHA256 over timestamp and token. */
export function sign(
  over: Partial<Pick<SignatureBlock, 'timestamp' | 'token'>> = {},
  key = signingKey,
): SignatureBlock {
  const timestamp = over.timestamp ?? String(Math.floor(Date.now() / 1000));
  const token = over.token ?? randomBytes(25).toString('hex');
  const signature = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');
  return { timestamp, token, signature };
}

const answerBody = v.record(v.string(), v.unknown());
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export async function readAnswer(response: Response): Promise<Answer> {
  return { status: response.status, body: v.parse(answerBody, await response.json()) };
}

/** A running app with the log it has written. */
export interface App extends Space {
  log: LogEntry[];
  /** Posts a body to the webhook as it is. */
  post(
    body: string | Uint8Array<ArrayBuffer> | FormData | URLSearchParams,
    contentType?: string,
  ): Promise<Answer>;
  /** Posts an event of the current format. */
  send(event: object, signature?: unknown): Promise<Answer>;
  /** Posts a legacy form. Repeated names are kept. */
  sendForm(fields: ReadonlyArray<readonly [string, string]>, signature?: SignatureBlock): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Calls a route with the API key, and with a body in JSON if one is given. */
  call(method: string, path: string, body?: object): Promise<Answer>;
  /** Waits until every stored event is done or dead, then counts. */
  drain(): Promise<void>;
  /** Walks through the whole audit and returns what differs. */
  audit(fix?: boolean): Promise<unknown[]>;
}

/** The cron job that counts and sweeps. */
const maintenance = '* * * * *';

const auditStep = v.object({ items: v.array(v.unknown()), next: v.nullable(v.string()) });

/** Starts the app in a new space, or in the given folder. The caller stops it. */
export async function startApp(kind: Kind, options: Partial<SpaceOptions> = {}): Promise<App> {
  const log: LogEntry[] = [];
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'app-test-'));
  const space = await startSpace({
    app: appOf(kind),
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
    log: (entry) => log.push(entry),
    ...options,
    directory,
  });
  const webhook = `${space.url}/mailgun/events`;
  const authorised = { 'x-apikey': space.apiKey };

  const app: App = {
    ...space,
    log,
    post: async (body, contentType) =>
      readAnswer(
        await fetch(webhook, {
          method: 'POST',
          body,
          ...(contentType ? { headers: { 'content-type': contentType } } : {}),
        }),
      ),
    send: (event, signature = sign()) =>
      app.post(JSON.stringify({ signature, 'event-data': event }), 'application/json'),
    sendForm: (fields, { timestamp, token, signature } = sign()) => {
      const form = new URLSearchParams();
      for (const [name, value] of fields) form.append(name, value);
      form.append('timestamp', timestamp);
      form.append('token', token);
      form.append('signature', signature);
      return app.post(form);
    },
    get: async (path) => readAnswer(await fetch(space.url + path, { headers: authorised })),
    call: async (method, path, body) =>
      readAnswer(
        await fetch(space.url + path, {
          method,
          headers: { ...authorised, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    drain: async () => {
      const pending = { state: { $exists: false } };
      for (let rounds = 0; rounds < 600; rounds += 1) {
        if ((await space.connection.count('email_events', pending)) === 0) return space.runJobs(maintenance);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error('The events were not processed.');
    },
    audit: async (fix = false) => {
      const found: unknown[] = [];
      let cursor: string | null = null;
      do {
        const { body } = await app.call('POST', '/api/audit', { fix, cursor });
        const step: v.InferOutput<typeof auditStep> = v.parse(auditStep, body);
        found.push(...step.items);
        cursor = step.next;
      } while (cursor !== null);
      return found;
    },
    // Who started it in a folder of its own has seen what there is to see: a count need not end its wait.
    stop: async (limit = options.directory === undefined ? 0 : undefined) => {
      await space.stop(limit);
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
  return app;
}

let events = 0;

/** An event of the current format with what every event has. */
export function event(name: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  events += 1;
  return {
    event: name,
    id: `event-${process.pid}-${events}`,
    timestamp: Date.now() / 1000,
    'log-level': 'info',
    account: { id: 'account-1' },
    domain: { name: 'mg.example.com' },
    recipient: 'alice@example.com',
    tags: [],
    'user-variables': [],
    message: { headers: { 'message-id': 'm1@mg.example.com' } },
    ...fields,
  };
}
