import { format } from 'node:util';
import { currentInvocation } from './invocation';
import type { Log, LogEntry } from './log';
import { type Method, methods, type Print, printSoon } from './print';

const levels: Readonly<Record<Method, LogEntry['level']>> = {
  debug: 'debug',
  info: 'info',
  log: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'debug',
};

/** What stands behind the methods of a captured console. */
const captured = new WeakMap<Print, Print>();

function textOf(parts: unknown[]): string {
  const [text, ...others] = parts;
  return typeof text === 'string' && others.length === 0 ? text : format(...parts);
}

/**
 * The `console` that a bundle finds: it prints as usual and tells the log of its space, with the part of
 * the app that runs.
 * @param log takes what is printed outside of every invocation, such as while the app loads.
 */
export function createAppConsole(log: Log): Console {
  const own: Console = Object.create(console);
  for (const method of methods) {
    own[method] = (...parts) => {
      const text = textOf(parts);
      const invocation = currentInvocation.getStore();
      if (invocation === undefined) {
        log({ level: levels[method], text });
      } else {
        invocation.appLog({ level: levels[method], text, context: invocation.context });
      }
      // A captured global console must not tell it a second time.
      printSoon(method, captured.get(console[method]) ?? console[method], parts);
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
      if (invocation === undefined) {
        original.apply(console, parts);
        return;
      }
      invocation.appLog({ level: levels[method], text: textOf(parts), context: invocation.context });
      printSoon(method, original, parts);
    };
    captured.set(capturing, original);
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
