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

  get cases(): number {
    return this.#cases;
  }

  get seconds(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  result(): Result {
    return { name: this.name, cases: this.#cases, failures: this.#failures, seconds: this.seconds };
  }
}
