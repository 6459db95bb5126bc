/** Bits for each id: with four of them set, about one in a hundred ids is taken for known that is not. */
const bitsPerId = 10;
const hashes = 4;
const smallest = 2 ** 17;

/**
 * Remembers which ids there are, in a few bits each: of most ids that are not there it can say so without a look into the
 * database. It never denies an id that was added. (A Bloom filter.)
 */
export class IdFilter {
  readonly #bits: Uint32Array;
  #count = 0;

  /** @param capacity for how many ids there is room; more make it useless by and by, but not wrong */
  constructor(capacity: number) {
    const bits = Math.max(smallest, 2 ** Math.ceil(Math.log2(capacity * bitsPerId)));
    this.#bits = new Uint32Array(bits / 32);
  }

  /** Whether more ids were added than there is room for. */
  get isFull(): boolean {
    return this.#count * bitsPerId > this.#bits.length * 32;
  }

  /** How many ids were added. */
  get count(): number {
    return this.#count;
  }

  add(id: string): void {
    this.#count += 1;
    const { first, second } = hashesOf(id);
    for (let n = 0; n < hashes; n += 1) {
      const bit = (first + n * second) >>> 0;
      const word = (bit >>> 5) & (this.#bits.length - 1);
      this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (bit & 31));
    }
  }

  /** False: it was not added. */
  mayHave(id: string): boolean {
    const { first, second } = hashesOf(id);
    for (let n = 0; n < hashes; n += 1) {
      const bit = (first + n * second) >>> 0;
      const word = (bit >>> 5) & (this.#bits.length - 1);
      if (((this.#bits[word] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** Two hashes of a text, from which any number is made (FNV-1a and a mix of it). */
function hashesOf(text: string): { first: number; second: number } {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x5bd1e995);
  }
  first ^= first >>> 15;
  second ^= second >>> 13;
  return { first: first >>> 0, second: (second | 1) >>> 0 };
}
