import { AsyncLocalStorage } from 'node:async_hooks';

/** One run of a route, worker or job. Once it has answered, the platform may take it for finished. */
export interface Invocation {
  ended: boolean;
}

/** The invocation that the running code belongs to; none outside of the app's functions. */
export const currentInvocation = new AsyncLocalStorage<Invocation>();
