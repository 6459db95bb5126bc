/** One line of a space's log. */
export interface LogEntry {
  level: 'info' | 'warn' | 'error';
  /** What happened; for an error of the app with its stack. */
  text: string;
}

/** Where a space writes its log. What the app itself prints goes to the console, as everywhere. */
export type Log = (entry: LogEntry) => void;

/** Writes errors and warnings to stderr, the rest to stdout. */
export const logToConsole: Log = ({ level, text }) => {
  if (level === 'info') {
    console.log(text);
  } else {
    console.error(text);
  }
};

/** An error of the app as text, with the stack if it has one. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
