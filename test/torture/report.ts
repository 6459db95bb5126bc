import * as v from 'valibot';

/** What one process of the torture tells the one that started it. */
export const report = v.object({
  results: v.array(
    v.object({ name: v.string(), cases: v.number(), failures: v.array(v.string()), seconds: v.number() }),
  ),
});

/** Tells the process that started this one, if one did and listens, what was found. */
export function tellStarter(results: readonly Result[]): void {
  process.send?.({ results });
}

/** What a campaign has tried and what it has found. */
export interface Result {
  readonly name: string;
  readonly cases: number;
  /** Sentences, each with what is needed to see the failure again. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** Counts cases and keeps the failures of a campaign. */
export class Tally {
  #cases = 0;
  readonly #failures: string[] = [];
  readonly #begun = performance.now();

  constructor(readonly name: string) {}

  add(what: string, problems: readonly string[]): void {
    this.#cases += 1;
    if (problems.length > 0) this.#failures.push(`${what}: ${problems.join('; ')}`);
  }

  /** Whether so much failed that more would say nothing new. */
  get isHopeless(): boolean {
    return this.#failures.length >= 30;
  }

  get cases(): number {
    return this.#cases;
  }

  get seconds(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  /** A campaign that has tried nothing has failed. */
  result(): Result {
    const failures = this.#cases === 0 ? ['nothing was tried'] : this.#failures;
    return { name: this.name, cases: this.#cases, failures, seconds: this.seconds };
  }
}
