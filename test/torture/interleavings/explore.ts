import type { Random } from '../../../tools/simulate/plan/random';

/** A list of choices, each with how many there were to choose from. */
export class Path {
  readonly #taken: { choice: number; options: number }[] = [];

  constructor(private readonly prefix: readonly number[]) {}

  /** Follows the prefix, then takes the first choice. */
  choose(options: number): number {
    const choice = (this.prefix[this.#taken.length] ?? 0) % options;
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

/**
 * Runs something along every path of choices. There must be an end to them.
 * @param goOn says before each path whether there is still time for it
 */
export async function exploreAll(run: (path: Path) => Promise<void>, goOn: () => boolean): Promise<void> {
  for (let prefix: number[] | null = []; prefix !== null && goOn(); ) {
    const path: Path = new Path(prefix);
    await run(path);
    prefix = path.next();
  }
}

/** More choices than any path has. */
const maxPath = 1000;

/** Runs something along some paths, each choice made by chance. */
export async function exploreSome(
  count: number,
  random: Random,
  run: (path: Path) => Promise<void>,
): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const parts = Array.from({ length: maxPath }, () => random.next());
    await run(new Path(parts.map((part) => Math.floor(part * manyOptions))));
  }
}

/** A choice is taken modulo the options there are; this many make each as likely as the others. */
const manyOptions = 2 ** 20;
