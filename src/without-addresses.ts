/** How much of a text is looked at: a long answer that is quoted must not cost more. */
const maxReadLength = 4000;

/**
 * The sign of an address in every spelling in which one gets into an error: as it is, percent-encoded once or more
 * often, quoted-printable, escaped for JSON, JavaScript or HTML, full-width, and as `src/store/ids.ts` writes it in
 * an id (`alice97example-icom`).
 */
const sign =
  /[@\uFF20\uFE6B]|%(?:25)*40|=40(?=\S{1,255}\.\w)|\\u\{?0*40\}?|\\x40|&#0*64;|&#x0*40;|&commat;|97(?=[\w-]+-i\w)/i;
/** A quotation mark in the same spellings: what it encloses, blanks too, may be the first part of an address. */
const quote = /["'`]|%(?:25)*22|=22|\\u0022|\\x22|&quot;|&#34;/i;
/** One at the end, also where the sign behind it is escaped more than once. */
const closingQuote = new RegExp(`(?:${quote.source})\\\\*$`, 'i');

/**
 * Puts `[address]` into the place of every word that holds an address: what belongs to one ends at a blank or the end of
 * the line at last.
 */
export function withoutAddresses(text: string): string {
  let clean = '';
  let rest = text;
  for (let found = sign.exec(rest); found !== null; found = sign.exec(rest)) {
    const before = rest.slice(0, found.index);
    // A first part in quotation marks may hold blanks and anything else: all that stands before may belong to it.
    const isQuoted = closingQuote.test(before.slice(-16));
    const begin = Math.max(before.lastIndexOf(' '), before.lastIndexOf('\n')) + 1;
    clean = isQuoted ? '[address]' : `${clean}${rest.slice(0, begin)}[address]`;
    const end = rest.slice(found.index).search(/[ \n]/);
    rest = end === -1 ? '' : rest.slice(found.index + end);
  }
  return clean + rest;
}

/** Cuts a text, not within a character. */
function cutOf(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '');
}

/** The beginning of a text of somebody else in one line, without control characters and without addresses. */
export function excerptOf(text: string, maxLength: number): string {
  const read = text.slice(0, maxReadLength).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  if (text.length <= maxReadLength) return cutOf(withoutAddresses(read), maxLength);
  // The end of a text that was cut may be the beginning of an address: its last word, or what is in quotation marks.
  const clean = withoutAddresses(read.replace(/[^ ]+$/, ''));
  const lastAddress = clean.lastIndexOf('[address]');
  const open = lastAddress === -1 ? -1 : clean.slice(lastAddress).search(quote);
  return cutOf(open === -1 ? clean : clean.slice(0, lastAddress + open), maxLength);
}
