import type { Connection } from '../connection';

/** Calls whose result no document describes. */
const undescribed = new Set<PropertyKey>([
  'updateMany',
  'replaceMany',
  'removeOne',
  'removeMany',
  'count',
  'set',
  'setObj',
  'del',
  'delAll',
  'enqueue',
  'enqueueFromQuery',
  'runAt',
]);

/** A connection on which calls do what they should but resolve null where nobody says what they resolve. */
export function withoutOtherResults(connection: Connection): Connection {
  return new Proxy(connection, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function' || !undescribed.has(property)) {
        return value;
      }
      return async (...args: unknown[]): Promise<null> => {
        await Reflect.apply(value, target, args);
        return null;
      };
    },
  });
}
