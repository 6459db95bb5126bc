import type { ServerResponse } from 'node:http';
import { Refusal } from './refusal';

export interface ByteBudgetOptions {
  /** How many bytes may be taken at once. */
  readonly bytes: number;
  /** How long one waits for room, in milliseconds. */
  readonly waitMs: number;
  /** How many may wait. */
  readonly waiting: number;
}

/** After how many seconds a sender should come again. */
const retryAfterSeconds = 5;

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/** Room for so many bytes. What does not fit waits for its turn, the first come first. */
export class ByteBudget {
  readonly #options: ByteBudgetOptions;
  readonly #queue = new Set<Waiting>();
  #taken = 0;

  constructor(options: ByteBudgetOptions) {
    this.#options = options;
  }

  /** Whether somebody waits for room. */
  get isShort(): boolean {
    return this.#queue.size > 0;
  }

  /**
   * Takes room, when there is enough of it. What is larger than the whole budget fits when nothing else is there.
   * @param response of the request; when it is closed nobody waits any more
   * @returns what gives the room back, once
   * @throws {Refusal} 503 when it takes too long or too many wait
   */
  async take(bytes: number, response: ServerResponse): Promise<() => void> {
    const wanted = Math.min(bytes, this.#options.bytes);
    if (this.isShort || !this.#fits(wanted)) await this.#turn(wanted, response);
    else this.#taken += wanted;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#taken -= wanted;
      this.#admit();
    };
  }

  #fits(bytes: number): boolean {
    return this.#taken + bytes <= this.#options.bytes;
  }

  #turn(bytes: number, response: ServerResponse): Promise<void> {
    const full = new Refusal(503, 'unavailable', 'Too many large requests are under way.', {
      retryAfterSeconds,
    });
    return new Promise((resolve, reject) => {
      if (this.#queue.size >= this.#options.waiting || response.closed) {
        reject(full);
        return;
      }
      const leave = () => {
        clearTimeout(timer);
        response.off('close', refuse);
        this.#queue.delete(waiting);
      };
      const refuse = () => {
        leave();
        reject(full);
        this.#admit();
      };
      const timer = setTimeout(refuse, this.#options.waitMs);
      const waiting: Waiting = {
        bytes,
        admit: () => {
          leave();
          this.#taken += bytes;
          resolve();
        },
      };
      response.once('close', refuse);
      this.#queue.add(waiting);
    });
  }

  #admit(): void {
    for (const waiting of this.#queue) {
      if (!this.#fits(waiting.bytes)) return;
      waiting.admit();
    }
  }
}
