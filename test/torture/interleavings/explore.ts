/** A list of choices, each with how many there were to choose from. */
export class Path {
  readonly #taken: { choice: number; options: number }[] = [];

  constructor(private readonly prefix: readonly number[]) {}

  /** Follows the prefix, then takes the first choice. */
  choose(options: number): number {
    const choice = Math.min(this.prefix[this.#taken.length] ?? 0, options - 1);
    this.#taken.push({ choice, options });
    return choice;
  }

  get choices(): number[] {
    return this.#taken.map(({ choice }) => choice);
  }

  /** The prefix of the next path, null when this was the last one. */
  next(): number[] | null {
    const taken = [...this.#taken];
    for (let last = taken.pop(); last !== undefined; last = taken.pop()) {
      if (last.choice + 1 < last.options) return [...taken.map(({ choice }) => choice), last.choice + 1];
    }
    return null;
  }
}

/** Runs something along every path of choices, at most `limit` of them. @returns whether it was every path */
export async function explore(limit: number, run: (path: Path) => Promise<void>): Promise<boolean> {
  let prefix: number[] | null = [];
  for (let runs = 0; prefix !== null && runs < limit; runs += 1) {
    const path: Path = new Path(prefix);
    await run(path);
    prefix = path.next();
  }
  return prefix === null;
}
