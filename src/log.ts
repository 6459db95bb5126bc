/** Longest value in a log line. */
const maxValueLength = 200;
/** How much of a value is looked at: a long answer that is quoted must not cost more. */
const maxReadLength = 4000;

/** What needs no cleaning: keys of events, names, numbers. */
const plain = /^[\w.:~-]{0,200}$/;

/**
 * The sign of an address in every spelling in which one gets into an error: as it is, percent-encoded once or more
 * often, quoted-printable, escaped for JSON, JavaScript or HTML, full-width, and as `src/store/ids.ts` writes it in
 * an id (`alice97example-icom`).
 */
const sign =
  /[@\uFF20\uFE6B]|%(?:25)*40|=40(?=\S{1,255}\.\w)|\\u\{?0*40\}?|\\x40|&#0*64;|&#x0*40;|&commat;|97(?=[\w-]+-i\w)/i;
/** The end of a first part in quotation marks, in the same spellings. */
const closingQuote = /(?:["'`]|%(?:25)*22|=22|\\u0022|\\x22|&quot;|&#34;)$/i;

/** Puts `[address]` into the place of every word that holds an address: what belongs to one ends at a blank at last. */
function withoutAddresses(text: string): string {
  let clean = '';
  let rest = text;
  for (let found = sign.exec(rest); found !== null; found = sign.exec(rest)) {
    const { index } = found;
    // A first part in quotation marks may hold blanks and anything else: all that stands before may belong to it.
    const isQuoted = closingQuote.test(rest.slice(Math.max(0, index - 12), index));
    clean = isQuoted ? '[address]' : `${clean}${rest.slice(0, rest.lastIndexOf(' ', index) + 1)}[address]`;
    const end = rest.indexOf(' ', index);
    rest = end === -1 ? '' : rest.slice(end);
  }
  return clean + rest;
}

/** Makes a value safe for one line: control characters out, length bounded, an address never shown. */
function clean(value: string | number | boolean): string {
  const text = String(value);
  if (plain.test(text)) return text;
  const read = text.slice(0, maxReadLength).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  // The last word of a text that was cut may be the beginning of an address.
  const whole = text.length > maxReadLength ? read.replace(/[^ ]+$/, '') : read;
  return withoutAddresses(whole)
    .slice(0, maxValueLength)
    .replace(/[\uD800-\uDBFF]$/, '');
}

function line(what: string, details: Record<string, string | number | boolean | null | undefined>): string {
  const rest = Object.entries(details).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name}=${clean(value)}`],
  );
  return ['mailgun', what, ...rest].join(' ');
}

/** One line per outcome, such as `mailgun event stored key=... type=delivered`. Never addresses, tokens or keys. */
export const log = {
  info(what: string, details: Parameters<typeof line>[1] = {}): void {
    console.log(line(what, details));
  },
  warn(what: string, details: Parameters<typeof line>[1] = {}): void {
    console.warn(line(what, details));
  },
  error(what: string, details: Parameters<typeof line>[1] = {}): void {
    console.error(line(what, details));
  },
};

/** The message of whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
