import * as v from 'valibot';

/** Longest answer of a tool, in characters: what an assistant reads takes the place of what it knows. */
const maxLength = 40_000;

const listed = v.looseObject({ items: v.array(v.unknown()) });

/** JSON without what is null: of an event most fields are. */
const textOf = (answer: unknown): string =>
  JSON.stringify(answer, (_, value: unknown) => (value === null ? undefined : value));

/** An answer as text of limited length. A list loses its last items, and says so. */
export function shorten(answer: unknown): string {
  const whole = textOf(answer);
  if (whole.length <= maxLength) return whole;
  const list = v.safeParse(listed, answer);
  if (list.success) {
    const { items, ...rest } = list.output;
    let shown = items.length;
    while (shown > 0) {
      shown = Math.floor(shown / 2);
      const note = `Only ${shown} of ${items.length} items are shown, the answer would be too long: ask with a smaller limit or a closer filter.`;
      const text = textOf({ note, ...rest, next: undefined, items: items.slice(0, shown) });
      if (text.length <= maxLength) return text;
    }
  }
  return `The answer would be too long and is cut, ask for less.\n${whole.slice(0, maxLength)}`;
}
