import http from 'node:http';
import type { EncodedBody } from '../../tools/simulate';

/** What became of a request: the status of the answer, or no answer at all. */
export type Reply = number | 'no answer';

/** Posts a body over a connection of its own and waits at most `timeout` ms for the end of the answer. */
export function post(
  url: string,
  { contentType, body }: EncodedBody,
  timeout: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return new Promise((resolve) => {
    const request = http.request(
      url,
      {
        method: 'POST',
        agent: false,
        headers: { ...headers, 'content-type': contentType, 'content-length': String(body.length) },
      },
      (response) => {
        response.on('end', () => resolve(response.complete ? (response.statusCode ?? 0) : 'no answer'));
        response.on('error', () => resolve('no answer'));
        response.resume();
      },
    );
    const timer = setTimeout(() => request.destroy(), timeout);
    request.on('error', () => resolve('no answer'));
    request.on('close', () => {
      clearTimeout(timer);
      resolve('no answer');
    });
    request.end(body);
  });
}
