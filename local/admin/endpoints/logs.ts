import type { ServerResponse } from 'node:http';
import type { LogLine } from '../../log/log-book';
import type { AdminEndpoint } from './admin-call';

const pingMilliseconds = 15_000;

/** A follower that reads slower than this many bytes behind is cut off. */
const maxUnsentBytes = 4 * 1024 * 1024;

/**
 * `GET _A_D_M_logs?tail=N&filter=CONTEXT`: the last lines as events `log`, the newest first, then `logend`,
 * then what is written from now on as events `logrt`. The stream stays open: the CLI ends it.
 * @param streams where open streams are kept, to be ended with the space.
 */
export function logsEndpoint(streams: Set<ServerResponse>): AdminEndpoint {
  return async ({ space, response, queryString }) => {
    const asked = new URLSearchParams(queryString);
    const tail = Number(asked.get('tail') ?? 100);
    const filter = asked.get('filter') ?? undefined;
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    for (const line of space.book.tail(Number.isInteger(tail) ? tail : 100, filter).reverse()) {
      send(response, 'log', toldLine(line));
    }
    send(response, 'logend', {});
    const unfollow = space.book.follow((line) => {
      if (filter !== undefined && line.context !== filter) return;
      if (response.writableLength > maxUnsentBytes) response.destroy();
      else send(response, 'logrt', toldLine(line));
    });
    const ping = setInterval(() => send(response, 'ping', {}), pingMilliseconds).unref();
    streams.add(response);
    response.once('close', () => {
      clearInterval(ping);
      unfollow();
      streams.delete(response);
    });
  };
}

/** A line as the CLI reads it: the text once more as JSON, so that it is never taken for a value. */
function toldLine({ date, level, text }: LogLine): object {
  return { date, logtype: level === 'info' ? 'log' : level, log: JSON.stringify(text) };
}

function send(response: ServerResponse, event: string, data: object): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
