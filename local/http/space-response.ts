import { type ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import { Writable } from 'node:stream';
import type { CorsHeaders } from './cors';

type HeaderValue = string | number | readonly string[];

/** A stream of documents, which knows how to write itself as a JSON array. */
interface JsonSource {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  json(target: {
    set(name: string, value: string): unknown;
    write(text: string): unknown;
    end(): unknown;
  }): unknown;
}

/**
 * The response object that the app's functions receive. The first of `json`, `send`, `end`, `redirect`
 * answers the request; whatever follows is ignored, as the request is over for the client.
 */
export class SpaceResponse {
  readonly #raw: ServerResponse;
  readonly #answered: () => void;
  readonly #durable: () => Promise<void>;
  readonly #cors: CorsHeaders;
  readonly #headers = new Map<string, [name: string, value: string | string[]]>();
  #status = 200;
  #state: 'open' | 'streaming' | 'ended' = 'open';

  /**
   * @param answered is called once, when the answer is complete.
   * @param durable resolves when all that was stored is as durable as the owner wants: no answer ends before.
   * @param cors the headers that the platform adds for pages of other origins
   */
  constructor(raw: ServerResponse, answered: () => void, durable: () => Promise<void>, cors: CorsHeaders) {
    this.#raw = raw;
    this.#answered = answered;
    this.#durable = durable;
    this.#cors = cors;
  }

  /** Whether the answer is complete. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** A stream that writes to the response, as a target for `pipe`. */
  get writable(): Writable {
    return new Writable({
      write: (chunk, _encoding, done) => {
        this.write(chunk);
        // A slow client slows the writer; one that has gone ends it.
        if (this.#raw.destroyed) done(new Error('The client has closed the connection.'));
        else if (this.#raw.writableNeedDrain) this.#whenDrained(done);
        else done();
      },
      final: (done) => {
        this.end();
        done();
      },
    });
  }

  status(code: number): this {
    if (!Number.isInteger(code) || code < 200 || code > 599) {
      throw new RangeError(`${code} is not the status of an answer.`);
    }
    this.#status = code;
    return this;
  }

  set(name: string, value: HeaderValue): this {
    const text = Array.isArray(value) ? value.map(String) : String(value);
    validateHeaderName(name);
    validateHeaderValue(name, Array.isArray(text) ? text.join() : text);
    this.#headers.set(name.toLowerCase(), [name, text]);
    return this;
  }

  setHeader(name: string, value: HeaderValue): this {
    return this.set(name, value);
  }

  headers(values: Record<string, HeaderValue>): this {
    for (const [name, value] of Object.entries(values)) {
      this.set(name, value);
    }
    return this;
  }

  removeHeader(name: string): this {
    this.#headers.delete(name.toLowerCase());
    return this;
  }

  /** Answers with JSON; a stream of documents becomes an array, written as it is read. */
  json(value?: unknown): this {
    if (isJsonSource(value)) {
      return this.#jsonStream(value);
    }
    return this.#answer(JSON.stringify(value) ?? '', 'application/json; charset=utf-8');
  }

  /** Answers with text, bytes, or JSON for any other value. */
  send(data?: unknown): this {
    if (data === undefined || data === null) {
      return this.#answer('', undefined);
    }
    if (typeof data === 'string') {
      return this.#answer(data, 'text/html; charset=utf-8');
    }
    if (data instanceof Uint8Array) {
      return this.#answer(Buffer.from(data), 'application/octet-stream');
    }
    return this.json(data);
  }

  /** Answers with what was written so far, and with `data` if there is any. */
  end(data?: unknown): this {
    return this.#answer(data === undefined || data === null ? '' : toBytes(data), undefined);
  }

  /** Writes a part of the answer; set headers and status before the first one. */
  write(data: unknown, _kind?: 'buffer'): this {
    if (this.#state !== 'ended') {
      this.#sendHead();
      this.#raw.write(toBytes(data));
    }
    return this;
  }

  redirect(...target: [url: string] | [status: number, url: string]): this {
    const [status, url] = target.length === 1 ? [302, target[0]] : target;
    return this.status(status).set('Location', encodeUrl(url)).end();
  }

  render(): never {
    throw new Error(
      'res.render needs the files of the cloud; import the page as text and send it with res.send.',
    );
  }

  /**
   * Answers in place of a handler that cannot: nothing of what it prepared is sent. If parts of its answer
   * are on their way already, the connection is cut, so that the client does not take them for the whole.
   */
  fail(status: number, body: object): void {
    if (this.#state === 'streaming') {
      this.abort();
    } else if (this.#state === 'open') {
      this.#headers.clear();
      this.status(status).json(body);
    }
  }

  /** Cuts the connection. */
  abort(): void {
    this.#raw.destroy();
    this.#end();
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#whenDrained((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  #whenDrained(done: (error?: Error) => void): void {
    const settle = () => {
      this.#raw.off('drain', settle);
      this.#raw.off('close', settle);
      done(this.#raw.destroyed ? new Error('The client has closed the connection.') : undefined);
    };
    this.#raw.on('drain', settle);
    this.#raw.on('close', settle);
  }

  #answer(body: string | Buffer, defaultType: string | undefined): this {
    if (this.#state === 'ended') {
      return this;
    }
    if (this.#state === 'streaming') {
      this.#whenDurable(
        () => this.#raw.end(body),
        () => this.#raw.destroy(),
      );
    } else {
      if (defaultType !== undefined && !this.#headers.has('content-type')) {
        this.#headers.set('content-type', ['Content-Type', defaultType]);
      }
      if (this.#status !== 204 && this.#status !== 304) {
        this.#headers.set('content-length', ['Content-Length', String(Buffer.byteLength(body))]);
      }
      const writeHead = this.#head();
      this.#whenDurable(
        () => {
          writeHead();
          this.#raw.end(body);
        },
        (reason) => this.#sendUnavailable(reason),
      );
    }
    this.#end();
    return this;
  }

  #jsonStream(source: JsonSource): this {
    if (this.#state !== 'open') {
      return this;
    }
    // The parts come from the stream; a terminal call of the handler in between must not cut them off.
    const answered = this.#answered;
    const raw = this.#raw;
    this.set('Content-Type', 'application/json; charset=utf-8');
    this.#sendHead();
    this.#state = 'ended';
    source.on('error', () => {
      raw.destroy();
      answered();
    });
    const target = {
      set: () => target,
      // A promise while the client is behind, so that a reader that takes its time needs no memory.
      write: (text: string) => {
        raw.write(text);
        return raw.writableNeedDrain && !raw.destroyed ? this.#drained() : target;
      },
      end: () => {
        this.#whenDurable(
          () => raw.end(),
          () => raw.destroy(),
        );
        answered();
        return target;
      },
    };
    source.json(target);
    return this;
  }

  #whenDurable(send: () => void, refuse: (reason: unknown) => void): void {
    this.#durable().then(send, refuse);
  }

  /** The client must not take for done what the disk has not kept. */
  #sendUnavailable(reason: unknown): void {
    const detail = reason instanceof Error ? reason.message : String(reason);
    const body = JSON.stringify({ error: 'unavailable', detail });
    this.#raw.writeHead(503, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'Retry-After': '10',
    });
    this.#raw.end(body);
  }

  #sendHead(): void {
    if (this.#state === 'open') {
      this.#state = 'streaming';
      this.#head()();
    }
  }

  /** What writes status and headers as they are now, whatever the handler does to them afterwards. */
  #head(): () => void {
    if (!this.#headers.has('access-control-allow-origin')) {
      for (const [name, value] of Object.entries(this.#cors))
        if (!this.#headers.has(name.toLowerCase())) this.#headers.set(name.toLowerCase(), [name, value]);
    }
    const status = this.#status;
    const headers = [...this.#headers.values()].flat();
    return () => {
      this.#raw.writeHead(status, STATUS_CODES[status] ?? '', headers);
    };
  }

  #end(): void {
    if (this.#state !== 'ended') {
      this.#state = 'ended';
      this.#answered();
    }
  }
}

function isJsonSource(value: unknown): value is JsonSource {
  return (
    typeof value === 'object' &&
    value !== null &&
    'json' in value &&
    typeof value.json === 'function' &&
    'on' in value &&
    typeof value.on === 'function'
  );
}

function toBytes(data: unknown): string | Buffer {
  if (typeof data === 'string') {
    return data;
  }
  if (data instanceof Uint8Array) {
    return Buffer.from(data);
  }
  return typeof data === 'object' ? JSON.stringify(data) : String(data);
}

/** Encodes what may not stand in a header and leaves existing escapes alone. */
function encodeUrl(url: string): string {
  return encodeURI(url).replace(/%25([0-9a-f]{2})/gi, '%$1');
}
