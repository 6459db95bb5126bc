import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  /** 0 when the connection broke without an answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** No answer within this time, in milliseconds, is a hang. */
const timeoutMs = 30_000;

/** Sends requests byte by byte as they are given: no library repairs them on the way. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(private readonly url: string) {}

  send(
    path: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array,
  ): Promise<RawAnswer> {
    return new Promise((resolve) => {
      const broken = (error: Error) => resolve({ status: 0, headers: {}, body: error.message });
      const outgoing = request(this.url + path, { method, headers, agent: this.#agent }, (incoming) => {
        const { statusCode: status = 0, headers: answered } = incoming;
        text(incoming).then((answer) => resolve({ status, headers: answered, body: answer }), broken);
      });
      outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', (error) => {
        // The space closes an idle connection at the moment it is used again: every sender then tries a new one.
        const wasIdle = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        if (wasIdle) this.send(path, method, headers, body).then(resolve, broken);
        else broken(error);
      });
      outgoing.end(body);
    });
  }

  post(body: Uint8Array, contentType: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
    return this.send('/mailgun/events', 'POST', { 'content-type': contentType, ...headers }, body);
  }

  close(): void {
    this.#agent.destroy();
  }
}
