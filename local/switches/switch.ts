/** What a switch says of itself, beside its values. */
export interface SwitchFacts {
  /** What the platform does not document, as a question whose answers are the values. */
  readonly question: string;
  /** Which behaviour the value changes. */
  readonly changes: string;
  /** The files of the local space that read the value. */
  readonly where: readonly string[];
}

/** One question that the platform leaves open, with the answers that the local space can give. */
export interface Switch<Value extends string | number> extends SwitchFacts {
  /** The harshest answer, which is the default. */
  readonly harshest: Value;
  /** The other answers; of a number one that differs from the default. */
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
 * @param harshest the default.
 */
export function choice<const Value extends string | number>(
  harshest: Value,
  others: readonly Value[],
  facts: SwitchFacts,
): Switch<Value> {
  const values = [harshest, ...others];
  return {
    ...facts,
    harshest,
    others,
    expected: `(${values.map((value) => `"${value}"`).join(' | ')})`,
    othersInWords: undefined,
    read: (text) => values.find((value) => String(value) === text),
  };
}

/**
 * A switch that counts something, from 1 on.
 * @param harshest the default.
 * @param other a value that the tests try.
 * @param max the largest number; Infinity for none.
 */
export function amount<const Value extends string | number>(
  harshest: Value,
  other: number,
  max: number,
  facts: SwitchFacts,
): Switch<Value | number> {
  const range = max === Infinity ? 'a whole number from 1' : `a whole number from 1 to ${max}`;
  return {
    ...facts,
    harshest,
    others: [other],
    expected: typeof harshest === 'string' ? `("${harshest}" | ${range})` : `(${range})`,
    othersInWords: range,
    read: (text) => {
      if (text === String(harshest)) return harshest;
      const number = Number(text);
      return Number.isInteger(number) && number >= 1 && number <= max ? number : undefined;
    },
  };
}
