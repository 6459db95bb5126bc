import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataStream } from '../connection';
import { turnToRead } from './reading-turns';

/**
 * Results that are read in batches while they are consumed. Each way of consuming (`toArray`, `forEach`,
 * `json`, `on`, `for await`) reads anew. Awaiting the stream itself does nothing. A long reading gives the
 * event loop its turn between batches.
 */
export class BatchStream<T> implements DataStream<T> {
  readonly #events = new EventEmitter();
  readonly #open: () => Iterable<T[]>;
  readonly #before: () => Promise<void>;
  #flowing = false;

  /**
   * @param open starts a new reading; it may throw, which rejects or emits `error`
   * @param before what every reading waits for
   */
  constructor(open: () => Iterable<T[]>, before: () => Promise<void>) {
    this.#open = open;
    this.#before = before;
  }

  on(event: 'data', listener: (item: T) => void): this;
  on(event: 'end', listener: () => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  on(
    event: 'data' | 'end' | 'error',
    listener: ((item: T) => void) | (() => void) | ((error: Error) => void),
  ): this {
    this.#events.on(event, listener);
    if (event !== 'error') this.#flow();
    return this;
  }

  async toArray(): Promise<T[]> {
    const all: T[] = [];
    for await (const batch of this.#batches()) for (const item of batch) all.push(item);
    return all;
  }

  async forEach(visit: (item: T) => void | Promise<void>): Promise<void> {
    for await (const batch of this.#batches()) {
      for (const item of batch) {
        const visited = visit(item);
        if (visited !== undefined) await visited;
      }
    }
  }

  json(response: {
    set(name: string, value: string): unknown;
    write(text: string): unknown;
    end(): unknown;
  }): void {
    this.#report(this.#send(response));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for await (const batch of this.#batches()) yield* batch;
  }

  async #send(response: Parameters<DataStream<T>['json']>[0]): Promise<void> {
    try {
      response.set('content-type', 'application/json');
      response.write('[');
      let separator = '';
      for await (const batch of this.#batches()) {
        if (batch.length === 0) continue;
        await response.write(separator + batch.map((item) => JSON.stringify(item)).join(','));
        separator = ',';
      }
      response.write(']');
    } finally {
      // After an error the array stays open, so that no client takes it for complete.
      response.end();
    }
  }

  #flow(): void {
    if (this.#flowing) return;
    this.#flowing = true;
    this.#report(this.#emitAll());
  }

  async #emitAll(): Promise<void> {
    await nextTurn();
    for await (const item of this) this.#events.emit('data', item);
    this.#events.emit('end');
  }

  #report(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const reason = error instanceof Error ? error : new Error(String(error));
      if (this.#events.listenerCount('error') > 0) this.#events.emit('error', reason);
      else process.emitWarning(`A stream failed and nobody listens to its errors: ${reason.message}`);
    });
  }

  async *#batches(): AsyncGenerator<T[], void> {
    await this.#before();
    const batches = this.#open()[Symbol.iterator]();
    try {
      for (;;) {
        await turnToRead();
        const { done, value } = batches.next();
        if (done) return;
        yield value;
      }
    } finally {
      batches.return?.();
    }
  }
}
