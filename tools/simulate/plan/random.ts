/** A repeatable source of chance: the same seed gives the same sequence. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A number in [from, to). */
  between(from: number, to: number): number;
  /** A whole number in [from, to], both included. */
  integer(from: number, to: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the items. @throws RangeError when there are none */
  pick<Item>(items: readonly Item[]): Item;
  /** A new list with the items in another order. */
  shuffle<Item>(items: readonly Item[]): Item[];
  /** Random characters of an alphabet. */
  text(length: number, alphabet: string): string;
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, so that the sequences of two seeds do not
 * run into each other and two runs never share an id or a token.
 * @param seed a whole number, its low 32 bits count
 */
export function createRandom(seed: number): Random {
  let a = seed >>> 0;
  let b = 0x9e3779b9;
  let c = 0x243f6a88;
  let counter = 1;

  function next(): number {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + sum) >>> 0;
    return sum / 0x1_0000_0000;
  }
  for (let warmUp = 0; warmUp < 16; warmUp++) next();

  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));

  function pick<Item>(items: readonly Item[]): Item {
    const index = integer(0, items.length - 1);
    // Not items[index]: undefined may be one of the items.
    for (const item of items.slice(index, index + 1)) return item;
    throw new RangeError('nothing to pick from');
  }

  return {
    next,
    between: (from, to) => from + next() * (to - from),
    integer,
    chance: (probability) => next() < probability,
    pick,
    shuffle(items) {
      return items
        .map((item) => ({ item, order: next() }))
        .sort((left, right) => left.order - right.order)
        .map(({ item }) => item);
    },
    text: (length, alphabet) =>
      Array.from({ length }, () => alphabet[integer(0, alphabet.length - 1)]).join(''),
  };
}
