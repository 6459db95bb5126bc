const replacement = '\uFFFD';

/**
 * Text in which every half of a surrogate pair that stands alone is replaced, as `toWellFormed` would: such a half
 * cannot be written in UTF-8, so two texts that differ in it would have one hash and one document two spellings.
 * The method itself is younger than some versions of Node that the platform may run.
 */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, replacement);
}

/**
 * The beginning of a text, so that no character is cut in half.
 * @param maxLength in code points
 */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // A code point has at most two code units: what lies behind cannot be among the first.
  return Array.from(text.slice(0, maxLength * 2))
    .slice(0, maxLength)
    .join('');
}

/** Longest of the short texts: names, codes, ids. The original keeps what is cut. */
const maxShortLength = 998;

/** A short text without space around it, cut where it is too long; null for an empty one. */
export function shortText(text: string | null): string | null {
  const trimmed = wellFormed(text ?? '').trim();
  return trimmed === '' ? null : cut(trimmed, maxShortLength);
}
