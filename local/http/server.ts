import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './address';
import { Connections } from './connections';
import type { Limits } from './limits';

export interface ServerOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  limits: Limits;
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Told of what is refused or closed before it has become a request, with the kind of it and the address. */
  onRefused: (kind: string, address: string) => void;
}

/** A listening HTTP server. */
export interface HttpServer {
  port: number;
  /** Accepts nothing new and resolves when every request is answered, or cut off after `limitMs`. */
  close(limitMs: number): Promise<void>;
}

/** How often connections are looked at: for headers that do not come, and for idleness while closing. */
const inspectionIntervalMs = 500;

/**
 * Connections that the system keeps until the process accepts them; Node's 511 are gone in a flood while the process works for
 * a third of a second, and then genuine ones are turned away unseen. The system lowers it to what it allows.
 */
const maxUnaccepted = 4096;

/** What the parser's refusals mean to the client. */
const refusals = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
]);

/**
 * Listens on `host:port`.
 * @throws the error of `listen`, such as one with the code `EADDRINUSE`.
 */
export async function listen({
  host,
  port,
  limits,
  onRequest,
  onRefused,
}: ServerOptions): Promise<HttpServer> {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(inspectionIntervalMs, limits.headersMs),
    },
    onRequest,
  );
  // The last resort, so that files are left for the storage: the idle are fewer.
  server.maxConnections = 2 * limits.maxIdleConnections;
  server.on('drop', (drop) => onRefused('connection, as there are too many', networkOf(drop ?? {})));
  const connections = new Connections(server, limits, (reason, socket) =>
    onRefused(`connection closed: ${reason}`, networkOf(socket)),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (socket.writable && error.code !== 'ECONNRESET') {
      const status = refusals.get(error.code ?? '') ?? '400 Bad Request';
      onRefused(`not a request: ${status.slice(4).toLowerCase()} (${status.slice(0, 3)})`, networkOf(socket));
      refuseMalformed(socket, status);
    }
    socket.destroySoon();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: maxUnaccepted }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: (limitMs) =>
      new Promise((resolve) => {
        const idle = setInterval(() => {
          server.closeIdleConnections();
          connections.closeSilent();
        }, inspectionIntervalMs / 10);
        const cut = setTimeout(() => server.closeAllConnections(), limitMs);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}

/** The request never became one: the answer goes straight to the socket. */
function refuseMalformed(socket: Socket, status: string): void {
  const reason = status.slice(4);
  const body = JSON.stringify({ error: reason.toLowerCase().replaceAll(' ', '_'), detail: `${reason}.` });
  socket.write(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
