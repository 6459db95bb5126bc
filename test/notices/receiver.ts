import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../http/listen';

/** A request that a destination has received, read to its end. */
export interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a destination answers; null: nothing, the request hangs. */
export type Answer = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
} | null;

const ok: Answer = { status: 200, body: 'ok' };

export interface Receiver {
  readonly url: string;
  /** What came to a path, in order. */
  at(path: string): readonly Received[];
  /** Decides what a path answers from now on, request by request; 200 behind the last of a list. */
  answer(path: string, answers: readonly Answer[] | ((received: Received) => Answer)): void;
  stop(): Promise<void>;
}

async function readToEnd(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const oneEach = (headers: IncomingMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** Starts a server that plays destinations, each at a path of its own. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const rules = new Map<string, (received: Received) => Answer>();
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const one = {
      path: request.url ?? '',
      headers: oneEach(request.headers),
      body: await readToEnd(request),
    };
    received.push(one);
    const answer = rules.get(one.path)?.(one) ?? (rules.has(one.path) ? null : ok);
    if (answer === null) return;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const { url, stop } = await listen(server);
  return {
    url,
    stop,
    at: (path) => received.filter((one) => one.path === path),
    answer: (path, answers) => {
      if (typeof answers === 'function') rules.set(path, answers);
      else {
        const left = [...answers];
        rules.set(path, () => {
          const next = left.shift();
          return next === undefined ? ok : next;
        });
      }
    },
  };
}
