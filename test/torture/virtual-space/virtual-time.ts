/** When every case begins: in the middle of a day, of an hour and of a span of counting. */
export const beginning = Date.parse('2026-11-24T12:30:04.500Z');

const real = { Date, setTimeout, clearTimeout };

interface Timer {
  readonly at: number;
  readonly fire: () => void;
  /** A timer that need not keep the process alive is the space's own housekeeping: it never fires here. */
  unref(): Timer;
  refresh(): Timer;
}

/**
 * A clock that stands still until it is told: hours of retries and sweeps pass at once, and the same case
 * sees the same times. Replaces `Date` and `setTimeout` of this process, so nothing else may run in it.
 */
export class VirtualTime {
  #now = beginning;
  #timers = new Set<Timer>();

  static start(): VirtualTime {
    const time = new VirtualTime();
    class VirtualDate extends real.Date {
      constructor(...given: [] | [number | string | Date]) {
        super(given[0] ?? time.#now);
      }
      static override now(): number {
        return time.#now;
      }
    }
    Object.assign(globalThis, {
      Date: VirtualDate,
      setTimeout: (fire: () => void, delay = 0) => {
        const timer: Timer = {
          at: time.#now + delay,
          fire,
          unref: () => {
            time.#timers.delete(timer);
            return timer;
          },
          refresh: () => timer,
        };
        time.#timers.add(timer);
        return timer;
      },
      clearTimeout: (timer: Timer) => time.#timers.delete(timer),
    });
    return time;
  }

  /** Back to the beginning; timers that wait are forgotten. */
  restart(): void {
    this.#now = beginning;
    this.#timers.clear();
  }

  /** Lets time pass and the timers fire that are due. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    const due = [...this.#timers].filter((timer) => timer.at <= this.#now).sort((a, b) => a.at - b.at);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.fire();
    }
  }

  /** Gives back the system's clock. */
  stop(): void {
    Object.assign(globalThis, real);
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function turn(): Promise<void> {
  for (let round = 0; round < 2; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets a real millisecond pass, for what another thread does: on a busy machine it may take many turns. */
export async function realMillisecond(): Promise<void> {
  await new Promise<void>((resolve) => real.setTimeout(resolve, 1));
}
