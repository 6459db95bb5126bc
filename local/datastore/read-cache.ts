import type { Records } from './records';

/** Characters of ids and texts after which what was not read again is forgotten. */
const generation = 16_000_000;
/** What an entry takes beside its characters. */
const perEntry = 60;

/**
 * What was read from the database lately. Only this process writes to it, so that what is
 * kept stays true until {@link keep} or {@link clear} says otherwise.
 */
export class ReadCache implements Pick<Records, 'read'> {
  readonly #stored: Pick<Records, 'read'>;
  readonly #isMissing: (table: string, id: string) => boolean;
  #young = new Map<string, string | null>();
  #old = new Map<string, string | null>();
  #size = 0;

  /** @param isMissing knows of some records that the database does not have them */
  constructor(stored: Pick<Records, 'read'>, isMissing: (table: string, id: string) => boolean) {
    this.#stored = stored;
    this.#isMissing = isMissing;
  }

  read(table: string, id: string): string | null {
    const key = keyOf(table, id);
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined && this.#isMissing(table, id)) return null;
    const text = old === undefined ? this.#stored.read(table, id) : old;
    this.#add(key, text);
    return text;
  }

  /** Takes note of what the database has now; undefined: something else than before. */
  keep(table: string, id: string, text: string | null | undefined): void {
    const key = keyOf(table, id);
    this.#old.delete(key);
    this.#young.delete(key);
    if (text !== undefined) this.#add(key, text);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#size = 0;
  }

  #add(key: string, text: string | null): void {
    this.#young.set(key, text);
    this.#size += key.length + (text?.length ?? 0) + perEntry;
    if (this.#size < generation) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#size = 0;
  }
}

function keyOf(table: string, id: string): string {
  return `${table}\n${id}`;
}
