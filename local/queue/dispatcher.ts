import type { Switches } from '../switches/switches';
import type { WaitingJob } from './jobs';
import { pause } from './pause';
import type { JobQueue } from './queue';

/**
 * Runs one job. The job is done when the promise resolves and has failed when it rejects.
 * @param tooLate aborts when the job has taken too long
 */
export type RunJob = (job: WaitingJob, tooLate: AbortSignal) => Promise<void>;

/** How a topic is worked: how many jobs at once, and after how many milliseconds one has failed. */
export interface TopicOptions {
  readonly workers?: number;
  readonly timeout?: number;
}

/** When a job that has failed runs again, in milliseconds, and how often at most. */
interface Retry {
  readonly firstDelay: number;
  readonly maxDelay: number;
  readonly attempts: number;
}

export interface DispatcherOptions {
  readonly queue: JobQueue;
  readonly switches: Switches;
  /** Takes a line about a job that failed or a queue that cannot be read. */
  readonly log: (line: string) => void;
  /** Whether the process has more urgent work than jobs: then they wait, but not for ever. */
  readonly isBusy?: () => boolean;
  /** How many jobs of a topic may run at once, whatever their worker allows; default any number. */
  readonly maxAtOnce?: number;
  /** The pause before the first retry, doubled each time up to the longest, and the last attempt. */
  readonly retry?: Retry;
}

interface Topic {
  readonly name: string;
  workers: number;
  timeout: number | undefined;
  run: RunJob;
  /** Jobs read ahead, none of them started. */
  waiting: WaitingJob[];
  /** The numbers of jobs that are waiting here, running, or finished but not yet removed. */
  readonly held: Set<number>;
  running: number;
  /** Since when jobs step back for requests, on the clock of `performance`, and what looks again. */
  steppingBackSince: number | undefined;
  later: NodeJS.Timeout | undefined;
  /** Whether there is a worker: the jobs of a topic without one wait for the next. */
  hasWorker: boolean;
}

const readAhead = 64;
/** How long jobs step back for requests. */
const maxStepBackMs = 1500;
/** How often jobs that step back look whether they still have to. */
const lookAgainMs = 25;
const pollMs = 250;
const retries: Record<'retried' | 'retriedAtOnce', Retry> = {
  retried: { firstDelay: 1000, maxDelay: 60_000, attempts: 8 },
  // Whether the platform ever stops, nobody says.
  retriedAtOnce: { firstDelay: 100, maxDelay: 1000, attempts: 30 },
};

/**
 * Starts the workers of the jobs that wait, at least once each. A job leaves the queue only after its
 * worker is done: what ran when the process died runs again after the next start. Topics do not wait for
 * each other. Use one dispatcher per storage: a second one would deliver every job a second time.
 */
export class Dispatcher {
  readonly #queue: JobQueue;
  readonly #switches: Switches;
  readonly #log: (line: string) => void;
  readonly #retry: Retry;
  readonly #isBusy: () => boolean;
  readonly #maxAtOnce: number;
  readonly #topics = new Map<string, Topic>();
  readonly #runs = new Set<Promise<void>>();
  readonly #wake = () => this.wake();
  #finished: { topic: Topic; job: WaitingJob }[] = [];
  #flushed: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #isActive = false;

  constructor({
    queue,
    switches,
    log,
    isBusy = () => false,
    maxAtOnce = Infinity,
    retry,
  }: DispatcherOptions) {
    this.#queue = queue;
    this.#switches = switches;
    this.#log = log;
    const kind = switches.failedJob;
    this.#retry = retry ?? retries[kind === 'dropped' ? 'retried' : kind];
    this.#isBusy = isBusy;
    this.#maxAtOnce = maxAtOnce;
  }

  /** Names the worker of a topic. A second registration replaces the first. */
  register(name: string, { workers = 1, timeout }: TopicOptions, run: RunJob): void {
    const worker = { workers: Math.max(1, workers), timeout, run, hasWorker: true };
    const known = this.#topics.get(name);
    if (known) Object.assign(known, worker);
    else {
      const idle = {
        waiting: [],
        held: new Set<number>(),
        running: 0,
        steppingBackSince: undefined,
        later: undefined,
      };
      this.#topics.set(name, { name, ...worker, ...idle });
    }
    this.wake();
  }

  /** Takes the worker of a topic away: what runs goes on, what waits stays in the queue. */
  retire(name: string): void {
    const topic = this.#topics.get(name);
    if (!topic) return;
    topic.hasWorker = false;
    release(topic);
  }

  /** Begins to deliver, first what was left by an earlier run. */
  start(): void {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#queue.on('enqueued', this.#wake);
    this.#timer = setInterval(() => this.#poll(), pollMs).unref();
    this.wake();
  }

  /** Starts no more jobs and waits for the running ones, at most `limit` milliseconds. The rest stays queued. */
  async stop(limit = 10_000): Promise<void> {
    this.#isActive = false;
    this.#queue.off('enqueued', this.#wake);
    clearInterval(this.#timer);
    await pause(limit, Promise.allSettled(this.#runs));
    clearImmediate(this.#turn);
    this.#turn = undefined;
    await this.#flush();
    for (const topic of this.#topics.values()) release(topic);
  }

  /** Looks for jobs soon; many calls in a row are one look. */
  wake(): void {
    if (!this.#isActive || this.#turn) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#attempt(() => this.#work());
    });
  }

  /** For what nobody announces: delayed jobs, and what could not be removed. */
  #poll(): void {
    this.wake();
  }

  #work(): void {
    if (this.#finished.length > 0) void this.#flush();
    if (!this.#isActive) return;
    this.#queue.wakeDelayed().catch((error: unknown) => this.#complain(error));
    for (const topic of this.#topics.values()) this.#startJobs(topic);
  }

  /** How many jobs of a topic may run at once. */
  #most({ workers }: Topic): number {
    return this.#switches.plan === 'free' ? 1 : Math.min(workers, this.#maxAtOnce);
  }

  #startJobs(topic: Topic): void {
    if (topic.running < this.#most(topic) && !this.#mayStart(topic)) return;
    while (topic.hasWorker && topic.running < this.#most(topic)) {
      const job = this.#next(topic);
      if (!job) return;
      topic.running += 1;
      const run = this.#deliver(topic, job).finally(() => {
        topic.running -= 1;
        this.#runs.delete(run);
        this.wake();
      });
      this.#runs.add(run);
    }
  }

  /**
   * Whether jobs may start, or have to step back. After a while those that wait start all the same, many at once: their
   * writes share transactions then, so that stepping back costs nothing.
   */
  #mayStart(topic: Topic): boolean {
    if (!this.#isBusy()) {
      topic.steppingBackSince = undefined;
      return true;
    }
    topic.steppingBackSince ??= performance.now();
    if (performance.now() - topic.steppingBackSince >= maxStepBackMs && topic.later === undefined)
      return true;
    topic.later ??= setTimeout(() => {
      topic.later = undefined;
      this.wake();
    }, lookAgainMs).unref();
    return false;
  }

  #next(topic: Topic): WaitingJob | undefined {
    if (topic.waiting.length === 0) {
      const jobs = this.#queue.ready(topic.name, topic.held.size + readAhead);
      topic.waiting = jobs.filter(({ number }) => !topic.held.has(number));
      for (const { number } of topic.waiting) topic.held.add(number);
    }
    const at = this.#switches.jobOrder === 'fifo' ? 0 : Math.floor(Math.random() * topic.waiting.length);
    return topic.waiting.splice(at, 1)[0];
  }

  /** Runs a job and settles it. Never rejects. */
  async #deliver(topic: Topic, job: WaitingJob): Promise<void> {
    const copies = this.#switches.jobDelivery === 'twice' ? [job, structuredClone(job)] : [job];
    const results = await Promise.allSettled(copies.map((copy) => limited(topic, copy)));
    const failure = results.find((result) => result.status === 'rejected');
    const isDone = results.some((result) => result.status === 'fulfilled');
    if (isDone || !failure) this.#finished.push({ topic, job });
    else this.#settleFailure(topic, job, failure.reason);
  }

  #settleFailure(topic: Topic, job: WaitingJob, reason: unknown): void {
    const error = reason instanceof Error ? reason.message : String(reason);
    const attempt = job.attempts + 1;
    this.#log(`A job of ${topic.name} failed (attempt ${attempt}): ${error}`);
    if (this.#switches.failedJob === 'dropped') this.#finished.push({ topic, job });
    else this.#putBack(topic, job, error);
  }

  /** Until it succeeds the job is held, so that a storage in trouble does not see it run in a loop. */
  #putBack(topic: Topic, job: WaitingJob, error: string): void {
    const { attempts, maxDelay, firstDelay } = this.#retry;
    const delay = Math.min(maxDelay, firstDelay * 2 ** job.attempts);
    const isOver = job.attempts + 1 >= attempts;
    const put = isOver ? this.#queue.giveUp(job, error) : this.#queue.retryLater(job, delay);
    put.then(
      () => topic.held.delete(job.number),
      (reason: unknown) => {
        this.#complain(reason);
        setTimeout(() => this.#putBack(topic, job, error), pollMs).unref();
      },
    );
  }

  /** Removes what is finished, one write after the other. Never rejects. */
  #flush(): Promise<void> {
    this.#flushed = this.#flushed.then(() => this.#removeFinished());
    return this.#flushed;
  }

  /** All in one write. What cannot be removed is tried again by the timer. */
  async #removeFinished(): Promise<void> {
    if (this.#finished.length === 0) return;
    const finished = this.#finished;
    this.#finished = [];
    try {
      await this.#queue.finish(finished.map(({ job }) => job));
      for (const { topic, job } of finished) topic.held.delete(job.number);
    } catch (error) {
      this.#finished.push(...finished);
      this.#complain(error);
    }
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(reason: unknown): void {
    this.#log(`The queue cannot be used: ${reason instanceof Error ? reason.message : String(reason)}`);
  }
}

/** Gives back the jobs that were read ahead. */
function release(topic: Topic): void {
  for (const { number } of topic.waiting) topic.held.delete(number);
  topic.waiting = [];
}

async function limited(topic: Topic, job: WaitingJob): Promise<void> {
  const late = new AbortController();
  if (topic.timeout === undefined) return topic.run(job, late.signal);
  const result = await pause(
    topic.timeout,
    topic.run(job, late.signal).then(() => 'done'),
  );
  if (result === 'done') return;
  late.abort();
  throw new Error(`timed out after ${topic.timeout} ms`);
}
