import { excerptOf } from './without-addresses';

/** Longest value in a log line. */
const maxValueLength = 200;

/** What needs no cleaning: keys of events, names, numbers. */
const plain = /^[\w.:~-]{0,200}$/;

/** Makes a value safe for one line: control characters out, length bounded, an address never shown. */
function clean(value: string | number | boolean): string {
  const text = String(value);
  return plain.test(text) ? text : excerptOf(text, maxValueLength);
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
