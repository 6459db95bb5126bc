import { compare } from 'mingo/util';
import type { StoredDocument } from '../connection';
import { valueAt } from './entries';
import type { Sort } from './planner';
import type { Found } from './scan';

interface Ranked {
  readonly n: number;
  readonly keys: readonly unknown[];
}

/**
 * Puts documents in order that no index has in order. Keeps only their sort keys and numbers, and with
 * a limit only the best of those. Values order as in mingo; missing counts as `null`, ties keep the
 * order of insertion.
 */
export class Sorter {
  readonly #sort: Sort;
  readonly #keep: number;
  #ranked: Ranked[] = [];

  constructor(sort: Sort, keep: number) {
    this.#sort = sort;
    this.#keep = keep;
  }

  add({ n, document }: Found): void {
    this.#ranked.push({ n, keys: this.#keysOf(document) });
    if (this.#ranked.length > this.#keep * 2 + 1000) this.#trim();
  }

  /** The numbers of the documents in order. */
  numbers(): number[] {
    this.#trim();
    return this.#ranked.map(({ n }) => n);
  }

  #keysOf(document: StoredDocument): unknown[] {
    return this.#sort.map(([field]) => valueAt(document, field) ?? null);
  }

  #trim(): void {
    this.#ranked.sort((a, b) => this.#compare(a, b));
    if (this.#ranked.length > this.#keep) this.#ranked.length = this.#keep;
  }

  #compare(a: Ranked, b: Ranked): number {
    for (const [at, [, direction]] of this.#sort.entries()) {
      const order = compare(a.keys[at], b.keys[at]) * direction;
      if (order !== 0) return order;
    }
    return a.n - b.n;
  }
}
