/** What a switch says of itself, beside its values. */
export interface SwitchFacts<Value> {
  /** What the platform does not document, or does not promise, as a question whose answers are the values. */
  readonly question: string;
  /** Which behaviour the value changes. */
  readonly changes: string;
  /** The files of the local space that read the value. */
  readonly where: readonly string[];
  /** The answer that is the hardest for an app, where it is not the default. */
  readonly harshest?: Value;
}

/** One question about the platform, with the answers that the local space can give. */
export interface Switch<Value extends string | number> extends SwitchFacts<Value> {
  /** The answer that is known or, where none is, the harshest that an app can do with. */
  readonly usual: Value;
  readonly harshest: Value;
  /** The other answers than the usual one; of a number one that differs from it. */
  readonly others: readonly Value[];
  /** What may be written on the command line, in words: `"200" | "500"`. */
  readonly expected: string;
  /** What help and README say in the place of the other values, when these are only examples. */
  readonly othersInWords: string | undefined;
  /** Reads a value of the command line; undefined when it is none of this switch. */
  readonly read: (text: string) => Value | undefined;
}

/**
 * A switch with a few values.
 * @param usual the default.
 */
export function choice<const Value extends string | number>(
  usual: Value,
  others: readonly Value[],
  facts: SwitchFacts<Value>,
): Switch<Value> {
  const values = [usual, ...others];
  return {
    harshest: usual,
    ...facts,
    usual,
    others,
    expected: `(${values.map((value) => `"${value}"`).join(' | ')})`,
    othersInWords: undefined,
    read: (text) => values.find((value) => String(value) === text),
  };
}

/**
 * A switch that counts something, from 1 on.
 * @param usual the default.
 * @param other a value that the tests try, and the harshest.
 * @param max the largest number; Infinity for none.
 */
export function amount<const Value extends string | number>(
  usual: Value,
  other: number,
  max: number,
  facts: SwitchFacts<number>,
): Switch<Value | number> {
  const range = max === Infinity ? 'a whole number from 1' : `a whole number from 1 to ${max}`;
  return {
    harshest: other,
    ...facts,
    usual,
    others: [other],
    expected: typeof usual === 'string' ? `("${usual}" | ${range})` : `(${range})`,
    othersInWords: range,
    read: (text) => {
      if (text === String(usual)) return usual;
      const number = Number(text);
      return Number.isInteger(number) && number >= 1 && number <= max ? number : undefined;
    },
  };
}
