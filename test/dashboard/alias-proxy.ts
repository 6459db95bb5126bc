import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../http/listen';

/** What the way to the space does: lets everything pass, answers 503 itself, or breaks every connection. */
export type AliasProxyState = 'open' | 'busy' | 'broken';

/** A way to the space without its name in the path, as an alias domain has it. */
export interface AliasProxy {
  readonly url: string;
  /** What becomes of requests to the API; the page itself always gets through. */
  state: AliasProxyState;
  close(): Promise<void>;
}

function pass(target: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const passed = forward(target, { method: incoming.method, headers: incoming.headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
}

/** Serves the space of `url` at the root of a port of its own. */
export async function startAliasProxy(url: string): Promise<AliasProxy> {
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    if (path.startsWith('/api') && proxy.state === 'broken') incoming.socket.destroy();
    else if (path.startsWith('/api') && proxy.state === 'busy') {
      outgoing.writeHead(503, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ error: 'unavailable', detail: 'The storage is being repaired.' }));
    } else pass(new URL(url + path), incoming, outgoing);
  });
  const { url: at, stop } = await listen(server);
  const proxy: AliasProxy = { url: at, state: 'open', close: stop };
  return proxy;
}
