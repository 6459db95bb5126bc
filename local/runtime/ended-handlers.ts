import type { Connection } from '../connection';
import { currentInvocation } from './invocation';

const streaming = new Set<PropertyKey>(['find', 'getMany', 'getAll']);

/**
 * A connection whose calls never come back to a handler that has already answered (`afterResponse: 'stops'`).
 * The platform is said to end a handler with its response; code cannot be stopped from outside, but a
 * handler that waits for storage for ever is as good as ended, and an app that relies on work after its
 * answer shows it at once.
 */
export function withholdFromEndedHandlers(connection: Connection): Connection {
  return withhold(connection);
}

function withhold<T extends object>(target: T): T {
  const guarded = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(_, property) {
      const known = guarded.get(property);
      if (known !== undefined) {
        return known;
      }
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') {
        return value;
      }
      const call = (...args: unknown[]): unknown => {
        const invocation = currentInvocation.getStore();
        if (invocation?.ended) {
          return streaming.has(property) ? silentStream() : never();
        }
        const result: unknown = Reflect.apply(value, target, args);
        if (property === 'collection' && typeof result === 'object' && result !== null) {
          return withhold(result);
        }
        if (invocation !== undefined && result instanceof Promise) {
          return result.then(
            (resolved) => (invocation.ended ? never() : resolved),
            (error) => (invocation.ended ? never() : Promise.reject(error)),
          );
        }
        return result;
      };
      guarded.set(property, call);
      return call;
    },
  });
}

/** A promise of its own for each call, so that what waits for it can be collected as garbage. */
function never(): Promise<never> {
  return new Promise(() => {});
}

function silentStream(): object {
  const stream = {
    on: () => stream,
    toArray: never,
    forEach: never,
    json: () => {},
    [Symbol.asyncIterator]: () => ({ next: never }),
  };
  return stream;
}
