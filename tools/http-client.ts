import http from 'node:http';
import https from 'node:https';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** Connections to one server, kept open between requests. */
export interface HttpClient {
  /**
   * Sends one request and reads the answer.
   * @throws Error when there is no answer: not reachable, connection lost, nothing within 30 seconds
   */
  send(url: URL, request: HttpRequest): Promise<Answer>;
  close(): void;
}

const answerSeconds = 30;

/** node:http rather than fetch: it is about twice as fast, and the server is to be measured, not the client. */
export function createHttpClient(connections: number): HttpClient {
  const settings = { keepAlive: true, maxSockets: connections };
  const agents = { http: new http.Agent(settings), https: new https.Agent(settings) };

  function send(url: URL, { method, headers, body }: HttpRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { method, headers: { ...headers, 'content-length': String(body?.length ?? 0) } };
      const read = (response: http.IncomingMessage) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
        response.on('error', reject);
        response.on('aborted', () => reject(new Error('the connection was lost during the answer')));
      };
      const request =
        url.protocol === 'https:'
          ? https.request(url, { ...options, agent: agents.https }, read)
          : http.request(url, { ...options, agent: agents.http }, read);
      request.setTimeout(answerSeconds * 1000, () => request.destroy(new Error('no answer in time')));
      request.on('error', reject);
      request.end(body);
    });
  }

  return {
    send,
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
