import { setTimeout } from 'node:timers';
import type { Worker } from 'node:worker_threads';
import type { Applier } from './applier';
import { type ApplierOrder, startApplierThread } from './applier-thread';
import { StorageError } from './errors';
import type { Place } from './journal';

/** How long writes are gathered before they are applied, in milliseconds: what comes and goes meanwhile costs nothing. */
const gathering = 200;
/** Bytes that are applied at once without waiting for more. */
const enough = 4 * 1024 * 1024;
/** Most bytes that are applied in this thread; more would keep it from answering. */
const mostHere = 64 * 1024;
/** Pause after a failure, in milliseconds. */
const retryAfter = 1000;

export interface CarrierOptions {
  readonly directory: string;
  /** Applies in this thread. */
  readonly applier: Applier;
  readonly now: () => number;
  /** Told up to which flush the database has everything. */
  readonly onApplied: (flush: number) => void;
}

interface Flushed {
  readonly place: Place;
  readonly flush: number;
  /** Bytes of the journal up to there, since the storage was opened. */
  readonly total: number;
}

/**
 * Sees to it that what is in the journal gets into the database: after a short while, so that what is written several
 * times is applied once. A storage that has much to do gets a thread of its own for it.
 */
export class Carrier {
  readonly #options: CarrierOptions;
  #latest: Flushed | undefined;
  #total = 0;
  #applied = 0;
  #timer: NodeJS.Timeout | undefined;
  #thread: Worker | undefined;
  /** What the thread is applying. */
  #underWay: Flushed | undefined;
  #waiting: {
    readonly upTo: number;
    readonly resolve: () => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  #failure: Error | undefined;

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  /** Bytes of the journal that are not in the database. */
  get behind(): number {
    return this.#total - this.#applied;
  }

  /** Why the last attempt failed, if it did. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Takes note of a flush of the journal. */
  flushed(place: Place, flush: number, bytes: number): void {
    this.#total += bytes;
    this.#latest = { place, flush, total: this.#total };
    if (this.behind >= enough && this.#failure === undefined) this.#carry();
    else this.#carryLater(this.#failure === undefined ? gathering : retryAfter);
  }

  /**
   * Resolves when no more than some bytes are left to apply of what is in the journal now.
   * @throws {StorageError} when it cannot be applied
   */
  catchUp(rest = 0): Promise<void> {
    const upTo = this.#total - rest;
    if (this.#applied >= upTo) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ upTo, resolve, reject });
      this.#carry();
    });
  }

  /** Applies what is left and ends the thread. What cannot be applied stays in the journal for the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.catchUp().catch(() => {});
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread === undefined) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.ref();
    thread.postMessage('close');
    await ended;
  }

  #carryLater(delay: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#carry();
    }, delay).unref();
  }

  #carry(): void {
    const latest = this.#latest;
    if (latest === undefined || this.#underWay !== undefined || latest.total === this.#applied) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#thread === undefined && this.behind <= mostHere) this.#applyHere(latest);
    else this.#applyThere(latest);
  }

  #applyHere(flushed: Flushed): void {
    try {
      this.#options.applier.apply(flushed.place, this.#options.now());
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#succeed(flushed);
  }

  #applyThere(flushed: Flushed): void {
    this.#underWay = flushed;
    this.#thread ??= this.#startThread();
    // Only while it works does it keep the process alive.
    this.#thread.ref();
    const order: ApplierOrder = { ...flushed.place, now: this.#options.now() };
    this.#thread.postMessage(order);
  }

  #startThread(): Worker {
    const thread = startApplierThread(this.#options.directory, (failure) => {
      const flushed = this.#underWay;
      this.#underWay = undefined;
      thread.unref();
      if (flushed === undefined) return;
      if (failure === null) this.#succeed(flushed);
      else this.#fail(failure);
    });
    thread.once('error', (error) => {
      this.#thread = undefined;
      this.#underWay = undefined;
      this.#fail(error);
    });
    return thread;
  }

  #succeed({ flush, total }: Flushed): void {
    this.#failure = undefined;
    this.#applied = total;
    this.#options.onApplied(flush);
    const isReached = ({ upTo }: { upTo: number }) => upTo <= total;
    const reached = this.#waiting.filter(isReached);
    this.#waiting = this.#waiting.filter((waiting) => !isReached(waiting));
    for (const { resolve } of reached) resolve();
    if (this.#waiting.length > 0 || this.behind >= enough) this.#carry();
    else if (this.behind > 0) this.#carryLater(gathering);
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new StorageError(String(error), 'UNKNOWN');
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(this.#failure);
    this.#carryLater(retryAfter);
  }
}
