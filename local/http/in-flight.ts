import type { ServerResponse } from 'node:http';
import { ByteBudget } from './byte-budget';
import type { Limits } from './limits';
import { Refusal } from './refusal';

/** How many requests wait for room at once. Each holds what was read of its body until then. */
const maxWaiting = 1000;

/**
 * What the routes of all spaces of a process have in hand. A request counts when its body is there, so that senders
 * that take their time keep nobody out; large bodies on their way have a budget of their own.
 */
export class InFlight {
  /** Room for large bodies on their way. */
  readonly arriving: ByteBudget;
  readonly #inWork: ByteBudget;
  readonly #maxOpenRequests: number;
  #openRequests = 0;

  constructor({ maxOpenRequests, bytesInFlight, roomMs }: Limits) {
    const budget = () => new ByteBudget({ bytes: bytesInFlight, waitMs: roomMs, waiting: maxWaiting });
    this.arriving = budget();
    this.#inWork = budget();
    this.#maxOpenRequests = maxOpenRequests;
  }

  /** How many requests wait for the end of their answer. */
  get openRequests(): number {
    return this.#openRequests;
  }

  /**
   * Counts a request whose body is there, as soon as there is room for the body.
   * @returns what takes it off the count, once
   * @throws {Refusal} 503 when there is no room
   */
  async enter(bytes: number, response: ServerResponse): Promise<() => void> {
    const giveBack = bytes === 0 ? () => {} : await this.#inWork.take(bytes, response);
    if (this.#openRequests >= this.#maxOpenRequests) {
      giveBack();
      throw new Refusal(503, 'unavailable', 'Too many requests wait for an answer.', {
        retryAfterSeconds: 1,
      });
    }
    this.#openRequests += 1;
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.#openRequests -= 1;
      giveBack();
    };
  }
}
