import { format } from 'node:util';
import { currentInvocation } from './invocation';
import type { Log, LogEntry } from './log';

type Level = LogEntry['level'];
type Print = (...parts: unknown[]) => void;

const levels: Readonly<Record<'debug' | 'info' | 'log' | 'warn' | 'error' | 'trace', Level>> = {
  debug: 'debug',
  info: 'info',
  log: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'debug',
};
const methods = ['debug', 'info', 'log', 'warn', 'error', 'trace'] as const;

/**
 * The `console` that a bundle finds: it prints as usual and tells the log of its space, with the part of
 * the app that runs.
 * @param log takes what is printed outside of every invocation, such as while the app loads.
 */
export function createAppConsole(log: Log): Console {
  const own: Console = Object.create(console);
  for (const method of methods) {
    own[method] = (...parts) => {
      const text = format(...parts);
      const invocation = currentInvocation.getStore();
      if (invocation === undefined) {
        log({ level: levels[method], text });
      } else {
        invocation.appLog({ level: levels[method], text, context: invocation.context });
      }
      // Outside of the invocation, so that a captured global console does not tell it a second time.
      currentInvocation.exit(() => console[method](...parts));
    };
  }
  return own;
}

/**
 * Lets the global `console` tell what is printed within an invocation to the log of its space: an app that
 * is loaded from its sources has no console of its own.
 * @returns a function that puts the console back.
 */
export function captureGlobalConsole(): () => void {
  const replaced = methods.map((method) => {
    const original: Print = console[method];
    const capturing: Print = (...parts) => {
      const invocation = currentInvocation.getStore();
      invocation?.appLog({ level: levels[method], text: format(...parts), context: invocation.context });
      original.apply(console, parts);
    };
    console[method] = capturing;
    return { method, original, capturing };
  });
  return () => {
    for (const { method, original, capturing } of replaced) {
      // Somebody else may have replaced it since.
      if (console[method] === capturing) {
        console[method] = original;
      }
    }
  };
}
