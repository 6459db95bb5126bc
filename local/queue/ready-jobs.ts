import type { WaitingJob } from './queue';

/** Most characters of the jobs of a topic that are held in memory. */
const mostHeld = 4_000_000;

/** A job, and how many characters it takes. */
export interface SizedJob {
  readonly job: WaitingJob;
  readonly size: number;
  /** Since when it is ready, on the clock of `performance`; 0 when nobody knows. */
  readonly since: number;
}

/**
 * The jobs of a topic that may start, in their order: the first ones, and when they are many, behind which number the
 * others have to be looked for in the storage.
 */
export class ReadyJobs {
  readonly #held = new Map<number, SizedJob>();
  #size = 0;
  #last = 0;
  /** Jobs with larger numbers are in the storage only; infinite when there are none. */
  #heldUpTo: number;

  /** @param heldUpTo 0 when all of them are in the storage */
  constructor(heldUpTo = Number.POSITIVE_INFINITY) {
    this.#heldUpTo = heldUpTo;
  }

  /** How many are held. */
  get count(): number {
    return this.#held.size;
  }

  /** Behind which number there are more of them in the storage; null when all are here. */
  get rest(): number | null {
    return Number.isFinite(this.#heldUpTo) ? this.#heldUpTo : null;
  }

  add(sized: SizedJob): void {
    if (sized.job.number > this.#heldUpTo) return;
    if (this.#size < mostHeld) this.take(sized);
    else this.#heldUpTo = this.#last;
  }

  /** From now on jobs with larger numbers are looked for in the storage. */
  leaveBehind(number: number): void {
    this.#heldUpTo = Math.min(this.#heldUpTo, number);
  }

  /** Takes jobs from the storage, of which there are more behind the last one if `isAll` is not true. */
  fill(jobs: readonly SizedJob[], isAll: boolean): void {
    for (const job of jobs) this.take(job);
    this.#heldUpTo = isAll ? Number.POSITIVE_INFINITY : (jobs.at(-1)?.job.number ?? this.#heldUpTo);
  }

  /** Takes a job that nobody would find behind the others. */
  take(sized: SizedJob): void {
    const { number } = sized.job;
    this.delete(number);
    this.#held.set(number, sized);
    this.#size += sized.size;
    this.#last = Math.max(this.#last, number);
  }

  /** @returns whether it was among those that are held */
  delete(number: number): boolean {
    const held = this.#held.get(number);
    if (held === undefined) return false;
    this.#size -= held.size;
    return this.#held.delete(number);
  }

  /** Since when the first of those that are held is ready; null when there is none. */
  get since(): number | null {
    for (const { since } of this.#held.values()) return since;
    return null;
  }

  /** The first of those that are held. */
  first(limit: number): WaitingJob[] {
    const first: WaitingJob[] = [];
    for (const { job } of this.#held.values()) {
      if (first.length >= limit) break;
      first.push(job);
    }
    return first;
  }
}
