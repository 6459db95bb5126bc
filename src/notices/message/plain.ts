import { cut, wellFormed } from '../../events/text';

/** What changes the direction of what follows, or is not seen at all: it would make a text look like another one. */
const invisible = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** Text of a message, of up to so many characters: several lines, no control characters, nothing invisible. */
export function plainText(text: string, maxLength: number): string {
  const clean = wellFormed(text)
    .replace(/\r\n?|[\u2028\u2029\v\f]/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(invisible, '');
  const short = cut(clean, maxLength);
  return short === clean ? clean : `${cut(clean, maxLength - 1)}…`;
}

/** The same as one line. */
export function plainLine(text: string, maxLength: number): string {
  return plainText(text.replace(/\s+/g, ' ').trim(), maxLength).replace(/\s+/g, ' ');
}
