/** What part of an app or of the space a line of the log comes from, as `coho logs --context` names it. */
export type LogContext = 'routehooks' | 'queuehooks' | 'jobhooks' | 'auth' | 'system';

/** One line of a space's log. */
export interface LogEntry {
  level: 'debug' | 'info' | 'warn' | 'error';
  /** What happened; for an error of the app with its stack. */
  text: string;
  /** Default `system`: the space itself. */
  context?: LogContext;
}

/** Where a space writes its log. What the app itself prints goes to the console, as everywhere. */
export type Log = (entry: LogEntry) => void;

/** Writes errors and warnings to stderr, the rest to stdout. */
export const logToConsole: Log = ({ level, text }) => {
  if (level === 'error' || level === 'warn') {
    console.error(text);
  } else {
    console.log(text);
  }
};

/** An error of the app as text, with the stack if it has one. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
