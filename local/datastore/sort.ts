import { compare } from 'mingo/util';
import type { StoredDocument } from '../connection';
import { valueAt } from './cells';
import type { Sort } from './plan';

/** The values that a document is sorted by; missing counts as `null`. */
export function sortKeys(document: StoredDocument, sort: Sort): unknown[] {
  return sort.map(([field]) => valueAt(document, field) ?? null);
}

/** Orders two documents by their sort keys, as mingo orders values. */
export function compareKeys(a: readonly unknown[], b: readonly unknown[], sort: Sort): number {
  for (const [at, [, direction]] of sort.entries()) {
    const order = compare(a[at], b[at]) * direction;
    if (order !== 0) return order;
  }
  return 0;
}

interface Ranked {
  readonly n: number;
  readonly keys: readonly unknown[];
}

/**
 * Puts documents in order that no index has in order. Keeps only their sort keys and numbers, and with
 * a limit only the best of those. Ties keep the order of insertion.
 */
export class Sorter {
  readonly #sort: Sort;
  readonly #keep: number;
  #ranked: Ranked[] = [];

  constructor(sort: Sort, keep: number) {
    this.#sort = sort;
    this.#keep = keep;
  }

  /** @param n stands for the document: its place in the order of insertion */
  add(n: number, document: StoredDocument): void {
    this.#ranked.push({ n, keys: sortKeys(document, this.#sort) });
    if (this.#ranked.length > this.#keep * 2 + 1000) this.#trim();
  }

  /** The numbers of the documents in order. */
  numbers(): number[] {
    this.#trim();
    return this.#ranked.map(({ n }) => n);
  }

  #trim(): void {
    this.#ranked.sort((a, b) => compareKeys(a.keys, b.keys, this.#sort) || a.n - b.n);
    if (this.#ranked.length > this.#keep) this.#ranked.length = this.#keep;
  }
}
