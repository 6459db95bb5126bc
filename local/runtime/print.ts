import nodeConsole from 'node:console';

/** The ways in which a console prints. */
export const methods = ['debug', 'info', 'log', 'warn', 'error', 'trace'] as const;
export type Method = (typeof methods)[number];
export type Print = (...parts: unknown[]) => void;

/** The process's own, whatever somebody puts in their places later. */
const own: Readonly<Record<Method, Print>> = { ...nodeConsole };

/** Lines that wait to be printed, and where. */
let waiting = '';
let target: NodeJS.WritableStream = process.stdout;
let turn: NodeJS.Immediate | undefined;

function flush(): void {
  clearImmediate(turn);
  turn = undefined;
  const text = waiting;
  waiting = '';
  if (text !== '') target.write(text);
}

process.on('exit', flush);

/**
 * Prints what an app prints. Lines of one turn of the event loop are written together: to write each by itself takes
 * longer than to make it. What is no plain line, or goes to another console than the process's own, is printed at once.
 * @param print a method of the console that is there now
 */
export function printSoon(method: Method, print: Print, parts: unknown[]): void {
  const [text, ...others] = parts;
  if (typeof text !== 'string' || others.length > 0 || method === 'trace' || print !== own[method]) {
    flush();
    print(...parts);
    return;
  }
  const stream = method === 'warn' || method === 'error' ? process.stderr : process.stdout;
  if (stream !== target) flush();
  target = stream;
  waiting += `${text}\n`;
  turn ??= setImmediate(flush);
}
