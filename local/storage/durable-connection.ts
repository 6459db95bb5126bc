import type { Connection } from '../connection';

const writes = new Set<PropertyKey>([
  'insertOne',
  'updateOne',
  'updateMany',
  'replaceOne',
  'replaceMany',
  'removeOne',
  'removeMany',
  'createIndex',
  'removeIndex',
  'set',
  'setObj',
  'incr',
  'decr',
  'del',
  'delAll',
  'enqueue',
  'enqueueFromQuery',
  'runAt',
]);

/** A connection whose writes are durable when their promises resolve, for callers who answer by themselves. */
export function durableConnection(connection: Connection, durable: () => Promise<void>): Connection {
  return new Proxy(connection, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function' || !writes.has(property)) return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const result: unknown = await Reflect.apply(value, target, args);
        await durable();
        return result;
      };
    },
  });
}
