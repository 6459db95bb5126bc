import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../http/listen';

/** What happens to one request on its way. */
export type Fate =
  | { readonly kind: 'passes' }
  /** Answered by something in front of the app, such as a load balancer. */
  | { readonly kind: 'is answered 503' }
  /** The app gets it late. */
  | { readonly kind: 'is slow'; readonly delay: number }
  /** The app gets it when nobody waits for the answer any more. */
  | { readonly kind: 'comes too late'; readonly delay: number }
  /** The app has dealt with it, but the answer never arrives. */
  | { readonly kind: 'loses its answer' };

/** A server in front of the space that stands for everything between it and Mailgun. */
export interface FaultProxy {
  readonly url: string;
  /** Where the space is now; null while it is down, when connections are cut off. */
  target: string | null;
  close(): Promise<void>;
}

/** Opens a proxy on a free port of this machine. `fateOf` decides about each request. */
export async function openFaultProxy(fateOf: () => Fate): Promise<FaultProxy> {
  const server = http.createServer((request, response) => {
    const cut = () => response.destroy();
    serve(request, response).catch(cut);
  });

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const part of request) body.push(part);
    const fate = fateOf();
    if (fate.kind === 'is answered 503') {
      response.writeHead(503).end();
      return;
    }
    if (fate.kind === 'comes too late') response.destroy();
    if (fate.kind === 'is slow' || fate.kind === 'comes too late') await sleep(fate.delay);
    if (proxy.target === null) throw new Error('The space is down.');
    const answer = await forward(proxy.target, request, Buffer.concat(body));
    if (fate.kind === 'comes too late') return;
    if (fate.kind === 'loses its answer') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
  }

  const { url, stop } = await listen(server);
  const proxy: FaultProxy = { url, target: null, close: stop };
  return proxy;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

const maxWaitMs = 30_000;

/** @param target the base of the space, `http://127.0.0.1:3000/dev`, whose path stands before the request's */
function forward(target: string, incoming: http.IncomingMessage, body: Buffer): Promise<Answer> {
  const { host: _, connection: __, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const request = http.request(
      target + (incoming.url ?? ''),
      { method: incoming.method, agent: false, headers, timeout: maxWaitMs },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? 'text/plain',
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.end(body);
  });
}
