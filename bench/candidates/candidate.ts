import type { Durability } from '../../local/storage';

/** Something that takes webhooks, running in processes of its own. */
export interface RunningCandidate {
  /** Where it takes webhooks. */
  readonly webhook: string;
  /** All its processes, a database server's included. */
  readonly pids: readonly number[];
  /** The folder with everything that it keeps. */
  readonly directory: string;
  /** How many events it has taken in so far with all their effects visible to a reader. */
  processed(): Promise<number>;
  /** Ends it as its owner would, so that what it keeps is at rest; the folder stays. */
  stop(): Promise<void>;
}

export interface Candidate {
  readonly name: string;
  /** How many times the usual number of events it gets, because it would be over too soon to be measured. */
  readonly scale: number;
  /** What its answers survive: the loss of power (`disk`) or the death of a process; null where nothing is stored. */
  readonly durability: Durability | null;
  /**
   * @param directory empty, for all that it keeps
   * @param part `answers` leaves the worker out, to see what the answer alone takes
   */
  start(directory: string, part: 'whole' | 'answers'): Promise<RunningCandidate>;
}
