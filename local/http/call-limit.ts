const minuteMs = 60_000;

/** The calls that a plan allows in a minute. What comes beyond is refused until the next one begins. */
export class CallLimit {
  readonly #perMinute: number;
  #minute = 0;
  #calls = 0;

  /** @param perMinute Infinity for no limit. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Takes note of a call. @returns whether it is one of those that are allowed */
  admits(now = Date.now()): boolean {
    const minute = Math.floor(now / minuteMs);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#calls = 0;
    }
    this.#calls += 1;
    return this.#calls <= this.#perMinute;
  }
}
