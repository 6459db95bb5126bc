import type { Records } from './records';

/** Characters of ids and texts after which what was not read again is forgotten. */
const generation = 4_000_000;
/** Longer texts are not kept: who writes them seldom reads them soon. */
const longestText = 1500;
/** What an entry takes beside its characters. */
const perEntry = 60;

/**
 * What was read from the database lately, and what it did not have. Only this process writes to it, so that what is
 * kept stays true until {@link keep} or {@link clear} says otherwise.
 */
export class ReadCache implements Pick<Records, 'read'> {
  readonly #stored: Pick<Records, 'read'>;
  #young = new Map<string, string | null>();
  #old = new Map<string, string | null>();
  #size = 0;

  constructor(stored: Pick<Records, 'read'>) {
    this.#stored = stored;
  }

  read(table: string, id: string): string | null {
    const key = keyOf(table, id);
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    const text = old === undefined ? this.#stored.read(table, id) : old;
    this.#add(key, text);
    return text;
  }

  /** Takes note of what the database has now. */
  keep(table: string, id: string, text: string | null): void {
    const key = keyOf(table, id);
    this.#old.delete(key);
    this.#young.delete(key);
    this.#add(key, text);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#size = 0;
  }

  #add(key: string, text: string | null): void {
    const length = text?.length ?? 0;
    if (length > longestText) return;
    this.#young.set(key, text);
    this.#size += key.length + length + perEntry;
    if (this.#size < generation) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#size = 0;
  }
}

function keyOf(table: string, id: string): string {
  return `${table}\n${id}`;
}
