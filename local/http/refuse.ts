import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CorsHeaders } from './cors';
import type { Refusal } from './refusal';

/** How long the rest of a refused body is read and thrown away. */
const lingerMs = 1_000;

/**
 * Answers a request with a refusal. If its body is still arriving, the connection is closed, but only after
 * a moment of reading on: a sender whose connection breaks while it writes never sees the answer.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  cors: CorsHeaders = {},
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = refusal.text ?? JSON.stringify(refusal);
  const headers = {
    'Content-Type': refusal.text === undefined ? 'application/json; charset=utf-8' : 'text/plain',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(refusal.retryAfterSeconds !== undefined && { 'Retry-After': String(refusal.retryAfterSeconds) }),
    ...cors,
  };
  if (request.complete) {
    response.writeHead(refusal.status, headers).end(body);
    return;
  }
  response.writeHead(refusal.status, { ...headers, Connection: 'close' });
  if (request.method !== 'HEAD') {
    response.write(body);
  }
  const finish = () => {
    clearTimeout(linger);
    response.end();
  };
  const linger = setTimeout(finish, lingerMs);
  request.once('close', finish);
  request.once('end', finish);
  request.resume();
}
