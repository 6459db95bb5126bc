import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './refusal';

/** So many wrong keys of an address are answered at once: somebody has mistyped. */
const maxAnsweredAtOnce = 10;
/** By how much each further one is answered later, in milliseconds. */
const stepMs = 50;
/** After how long without a wrong key an address is forgotten, in milliseconds. */
const memoryMs = 600_000;
/** How many addresses are remembered, and how many answers are held back at once. */
const maxAddresses = 10_000;
const maxHeldBack = 100;

interface Seen {
  count: number;
  at: number;
}

/**
 * Slows down addresses that try keys. Only answers to wrong keys are held back: a right key is served at once, also from
 * such an address, because behind a proxy all have the same one, and nobody may lock out the others by guessing.
 */
export class WrongKeys {
  readonly #maxDelayMs: number;
  /** By address, that with the oldest wrong key first. */
  readonly #seen = new Map<string, Seen>();
  #heldBack = 0;

  /** @param maxDelayMs how long an answer is held back at most */
  constructor(maxDelayMs: number) {
    this.#maxDelayMs = maxDelayMs;
  }

  /**
   * Takes note of a wrong key and waits as long as its answer is to be held back.
   * @returns what it is refused with: `refusal`, or 429 when too many answers are being held back
   */
  async holdBack(address: string, refusal: Refusal): Promise<Refusal> {
    const delayMs = this.delayMs(address);
    if (delayMs === 0) return refusal;
    if (this.#heldBack >= maxHeldBack)
      return new Refusal(429, 'too_many_requests', 'Too many wrong keys were sent from this address.', {
        retryAfterSeconds: Math.ceil(this.#maxDelayMs / 1000),
      });
    this.#heldBack += 1;
    await sleep(delayMs, undefined, { ref: false });
    this.#heldBack -= 1;
    return refusal;
  }

  /** Takes note of a wrong key. @returns for how many milliseconds its answer is to be held back */
  delayMs(address: string, now = Date.now()): number {
    const before = this.#seen.get(address);
    const count = before === undefined || now - before.at > memoryMs ? 1 : before.count + 1;
    this.#seen.delete(address);
    this.#seen.set(address, { count, at: now });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > maxAddresses && oldest !== undefined) this.#seen.delete(oldest);
    return Math.min(Math.max(0, count - maxAnsweredAtOnce) * stepMs, this.#maxDelayMs);
  }
}
