import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log, LogContext } from './log';

/** One run of a route, worker or job. */
export interface Invocation {
  /** Once it has answered, the platform may take it for finished. */
  ended: boolean;
  /** Nobody waits for it any more, and the platform has killed it. */
  isKilled: boolean;
  /** Which of the app's functions runs. */
  context: LogContext;
  /** Takes what the app prints while it runs. */
  appLog: Log;
}

/** The invocation that the running code belongs to; none outside of the app's functions. */
export const currentInvocation = new AsyncLocalStorage<Invocation>();
