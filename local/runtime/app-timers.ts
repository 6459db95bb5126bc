import type { Quirks } from '../switches/quirks';
import { currentInvocation } from './invocation';

/** The timers that a bundle finds. */
export interface AppTimers {
  setTimeout: unknown;
  setInterval: unknown;
  setImmediate: unknown;
}

function isWorker(): boolean {
  const context = currentInvocation.getStore()?.context;
  return context === 'queuehooks' || context === 'jobhooks';
}

/** A timer that never fires, and can be cleared. */
function never(): NodeJS.Timeout {
  return clearedTimer;
}
const clearedTimer = setTimeout(() => {}, 0);
clearTimeout(clearedTimer);

/** The timers as a platform has them that behaves like this. */
export function appTimers(quirks: Pick<Quirks, 'intervals' | 'workerTimers' | 'immediate'>): AppTimers {
  const refuse = () => {
    throw new Error('setInterval is not available.');
  };
  // The global one is looked up each time: a test may have put another clock in its place.
  const inWorkersNever = (...args: Parameters<typeof setTimeout>) =>
    isWorker() ? never() : globalThis.setTimeout(...args);
  return {
    setTimeout:
      quirks.workerTimers === 'never'
        ? inWorkersNever
        : (...args: Parameters<typeof setTimeout>) => globalThis.setTimeout(...args),
    setInterval: quirks.intervals === 'throw' ? refuse : setInterval,
    setImmediate: quirks.immediate === 'missing' ? undefined : setImmediate,
  };
}
