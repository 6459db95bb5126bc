/**
 * SQLite orders text by code point and libsql reads it only up to a NUL, JavaScript orders by UTF-16
 * unit. Ids, keys and index entries are therefore kept in a form that sorts in SQLite as the original
 * sorts in JavaScript and holds no NUL: units from U+D800 move up into the astral planes, U+0000 and
 * U+0001 become pairs. Ordinary text is its own form.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that need another form
const special = /[\u0000\u0001\ud800-\uffff]/;
const shift = 0x10000 - 0xd800;

/** Greater than every encoded text that starts with the same characters. */
export const afterAllText = '\u{10ffff}';

/** The form of a text that SQLite orders as JavaScript does. */
export function encodeText(text: string): string {
  if (!special.test(text)) return text;
  let encoded = '';
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit <= 1) encoded += `\u0001${String.fromCharCode(unit + 1)}`;
    else encoded += unit < 0xd800 ? text.charAt(at) : String.fromCodePoint(unit + shift);
  }
  return encoded;
}

/** The text that `encodeText` was given. */
export function decodeText(encoded: string): string {
  if (!special.test(encoded)) return encoded;
  let text = '';
  let escaped = false;
  for (const character of encoded) {
    const point = character.codePointAt(0) ?? 0;
    if (escaped) {
      text += String.fromCharCode(point - 1);
      escaped = false;
    } else if (point === 1) escaped = true;
    else text += point < 0x10000 ? character : String.fromCharCode(point - shift);
  }
  return text;
}
