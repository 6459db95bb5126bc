import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../http/listen';

/** A request to the fake Mailgun, authenticated and read to its end. */
export interface MailgunRequest {
  readonly method: string;
  /** With the query; `url.origin` is that of the server, for the URLs of pages. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The API key that was used. */
  readonly apiKey: string;
}

/** What Mailgun answers: JSON, bytes, or the connection cut before (`never`) or within (`half`) the answer. */
export type MailgunAnswer =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly bytes?: Buffer;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly cut: 'never' | 'half'; readonly body?: unknown };

/** One part of Mailgun's API: answers what it knows, null for everything else. */
export type MailgunRoutes = (request: MailgunRequest) => MailgunAnswer | null | Promise<MailgunAnswer | null>;

export interface MailgunServerOptions {
  /** Keys that are let in; anything else is answered 401. */
  readonly apiKeys: readonly string[];
  /** Asked in order; the first answer counts. A disturbance (a limit, an outage) stands before the rest. */
  readonly routes: readonly MailgunRoutes[];
}

export interface MailgunServer {
  /** Stands in for `https://api.mailgun.net`. */
  readonly url: string;
  /** Every request that was let in, as `METHOD path?query`, in order. */
  readonly seen: readonly string[];
  stop(): Promise<void>;
}

/** Mailgun's answer to an account that asks too often. */
export function tooManyRequests(retrySeconds: number): MailgunAnswer {
  return { status: 429, body: { message: 'Too Many Requests', 'retry-seconds': retrySeconds } };
}

/** Answers the next requests, as many as there are answers, before the routes see them. */
export function disturbances(matches: (request: MailgunRequest) => boolean = () => true): {
  routes: MailgunRoutes;
  next(...answers: readonly MailgunAnswer[]): void;
} {
  const waiting: MailgunAnswer[] = [];
  return {
    routes: (request) => (matches(request) ? (waiting.shift() ?? null) : null),
    next: (...answers) => waiting.push(...answers),
  };
}

function basicKey(header: string | undefined): string | null {
  const [, encoded] = /^Basic (.+)$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return null;
  const [user, ...password] = Buffer.from(encoded, 'base64').toString().split(':');
  return user === 'api' ? password.join(':') : null;
}

async function readToEnd(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, answer: MailgunAnswer): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  if ('cut' in answer) {
    if (answer.cut === 'never') response.destroy();
    else {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length + 100 });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
    }
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(answer.bytes ?? text);
}

/** Starts a Mailgun of the given parts on a free port of this machine. The caller stops it. */
export async function startMailgun({ apiKeys, routes }: MailgunServerOptions): Promise<MailgunServer> {
  const seen: string[] = [];
  let origin = '';

  async function answer(request: IncomingMessage): Promise<MailgunAnswer> {
    const body = await readToEnd(request);
    const apiKey = basicKey(request.headers.authorization);
    if (apiKey === null || !apiKeys.includes(apiKey)) return { status: 401, body: { message: 'Forbidden' } };
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', origin);
    seen.push(`${method} ${url.pathname}${url.search}`);
    for (const ask of routes) {
      const found = await ask({ method, url, headers: request.headers, body, apiKey });
      if (found !== null) return found;
    }
    return { status: 404, body: { message: 'Not Found' } };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (found) => write(response, found),
      (error: unknown) => write(response, { status: 500, body: { message: String(error) } }),
    );
  });
  const { url, stop } = await listen(server);
  origin = url;
  return { url, seen, stop };
}
