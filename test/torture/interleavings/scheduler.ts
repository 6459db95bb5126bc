import { type Harm, suffer } from '../faults/fault';
import type { Instance } from '../virtual-space/instance';
import type { Call, Intercept } from '../virtual-space/intercept';
import { realMillisecond, turn, type VirtualTime } from '../virtual-space/virtual-time';

/** Says which of several waiting calls takes place next, and whether something happens to it. */
export interface Chooser {
  /** @returns a whole number from 0 to `options` - 1 */
  choose(options: number): number;
  harm(call: Call): Harm | null;
}

interface WaitingCall {
  readonly call: Call;
  readonly go: (harm: Harm | null) => Promise<void>;
}

/** Calls take place one at a time, in an order that a chooser decides: the same choices give the same run. */
export class Scheduler {
  readonly #waiting: WaitingCall[] = [];
  #open = 0;
  readonly problems: string[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly chooser: Chooser,
  ) {}

  /** The interception for a process; `victim` is the process once it runs. */
  interceptFor(victim: () => Instance | null): Intercept {
    return <Result>(call: Call, run: () => Promise<Result>) =>
      new Promise<Result>((resolve, reject) => {
        this.#waiting.push({
          call,
          go: async (harm) => {
            const instance = victim();
            if (instance?.isDead) return;
            const work = harm === null ? run() : suffer(harm, call, instance, run);
            work.then(resolve, reject);
            // A call that kills its process never ends.
            await (harm?.startsWith('dies') ? turn() : work.then(ignore, ignore));
          },
        });
      });
  }

  /** Runs something among the others. What it throws is a problem, unless `isExpected`. */
  add(work: Promise<unknown>, isExpected: (error: unknown) => boolean): void {
    this.#open += 1;
    work
      .catch((error: unknown) => {
        if (!isExpected(error)) this.problems.push(`threw: ${String(error)}`);
      })
      .finally(() => {
        this.#open -= 1;
      });
  }

  /**
   * Lets one call after the other take place until all is over.
   * @param beforeEach may add more, such as the jobs that were queued
   */
  async run(beforeEach: () => void): Promise<void> {
    let idleSteps = 0;
    for (let steps = 0; steps < 20_000; steps += 1) {
      await (idleSteps < 200 ? turn() : realMillisecond());
      beforeEach();
      if (this.#waiting.length === 0 && this.#open === 0) return;
      if (this.#waiting.length === 0) {
        idleSteps += 1;
        this.time.pass(1500);
        continue;
      }
      idleSteps = 0;
      const [next] = this.#waiting.splice(this.chooser.choose(this.#waiting.length), 1);
      if (next !== undefined) await next.go(this.chooser.harm(next.call));
    }
    throw new Error('It never ends.');
  }
}

function ignore(): void {}
