import type { WaitingJob } from '../../../local/queue/index';
import type { EncodedBody } from '../../../tools/simulate/encode/encode-delivery';
import { type Answer, Died, type Instance } from './instance';
import type { VirtualSpace } from './virtual-space';
import { realMillisecond, turn } from './virtual-time';

const hour = 3_600_000;
/** How long a count waits at most before it begins, in milliseconds. */
const timeoutMs = 3000;

/** An answer, or how the request ended without one. */
export type Reply = Answer | 'died' | { threw: unknown };

/**
 * The app from the outside, step by step. When a process dies in a step, the next step finds a new one.
 * Everything that was ever queued is remembered, so that it can be delivered again.
 */
export class Driver {
  readonly #jobs: WaitingJob[] = [];
  readonly problems: string[] = [];

  constructor(
    readonly space: VirtualSpace,
    private instance: Instance,
  ) {}

  get hasDied(): boolean {
    return this.instance.isDead;
  }

  /** Jobs that have been queued since the last call; the caller decides whether they are delivered. */
  take(): WaitingJob[] {
    const jobs = this.space.takeJobs();
    this.#jobs.push(...jobs);
    return jobs;
  }

  /** One request of Mailgun. */
  async send(webhook: EncodedBody): Promise<Reply> {
    await this.revive();
    try {
      return await this.finish(this.instance.post(webhook, this.space.switches));
    } catch (error) {
      if (error instanceof Died) return 'died';
      this.problems.push(`the handler threw: ${String(error)}`);
      return { threw: error };
    }
  }

  /** One request of the API that is under way. */
  async ask(answer: Promise<Answer>): Promise<Answer | 'died'> {
    try {
      return await this.finish(answer);
    } catch (error) {
      if (error instanceof Died) return 'died';
      throw error;
    }
  }

  async deliver(jobs: readonly WaitingJob[]): Promise<void> {
    for (const job of jobs) {
      if (this.hasDied) return;
      await this.outlive(this.instance.work(job));
    }
  }

  async cron(): Promise<void> {
    await this.revive();
    await this.outlive(this.instance.cron());
  }

  /** One of the scheduled jobs, by its expression. */
  async job(cron: string): Promise<void> {
    await this.revive();
    await this.outlive(this.instance.job(cron));
  }

  /** The queue delivers everything once more that it has ever held. */
  async redeliver(): Promise<void> {
    await this.revive();
    this.take();
    await this.deliver([...this.#jobs]);
    await this.deliver(this.take());
  }

  /** Hours later: cron finds what got stuck and queues it, and the queue delivers. */
  async sweep(): Promise<void> {
    this.space.time.pass(2 * hour);
    await this.cron();
    await this.deliver(this.take());
    await this.deliver(this.take());
    await this.cron();
  }

  /** Another process takes over if the last one has died. What had waited in its memory is gone. */
  async revive(): Promise<void> {
    if (this.hasDied) this.instance = await this.space.spare();
  }

  private async outlive(work: Promise<void>): Promise<void> {
    try {
      await this.finish(work);
    } catch (error) {
      if (!(error instanceof Died)) this.problems.push(`a job threw: ${String(error)}`);
    }
  }

  /** Waits for work, and lets time pass for it when nothing else moves. */
  private async finish<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    for (let rounds = 1; !isOver; rounds += 1) {
      await (rounds < 200 ? turn() : realMillisecond());
      if (rounds % 8 === 0) this.space.time.pass(timeoutMs);
      if (rounds > 20_000) throw new Error('It never ends.');
    }
    return work;
  }
}
