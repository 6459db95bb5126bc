import type { Connection } from '../connection';
import { currentInvocation, type Invocation } from './invocation';

const streaming = new Set<PropertyKey>(['find', 'getMany', 'getAll']);

/**
 * A connection whose calls never come back to a handler that is over: it was killed or, on a platform that is said to
 * end a handler with its response, it has answered. Code cannot be stopped from outside, but a handler that waits for
 * storage for ever is as good as ended, and an app that relies on work after its answer, or on a call that another
 * handler makes, shows it at once.
 * @param endsWithResponse whether a handler that has answered is over
 */
export function withholdFromEndedHandlers(connection: Connection, endsWithResponse: boolean): Connection {
  return withhold(connection, ({ ended, isKilled }) => isKilled || (ended && endsWithResponse));
}

function withhold<T extends object>(target: T, isOver: (invocation: Invocation) => boolean): T {
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
        if (invocation !== undefined && isOver(invocation)) {
          return streaming.has(property) ? silentStream() : never();
        }
        const result: unknown = Reflect.apply(value, target, args);
        if (property === 'collection' && typeof result === 'object' && result !== null) {
          return withhold(result, isOver);
        }
        if (invocation !== undefined && result instanceof Promise) {
          return result.then(
            (resolved) => (isOver(invocation) ? never() : resolved),
            (error) => (isOver(invocation) ? never() : Promise.reject(error)),
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
