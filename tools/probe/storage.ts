import { type Connection, connect } from './notes';
import { see } from './see';

const collection = 'probe_documents';

/** Documents of which a read without a limit might hand over only some. */
const many = 1200;

/** @returns how many of many documents a read hands over that asks for no limit */
async function readWithoutLimit(connection: Connection, run: string): Promise<number> {
  const documents = Array.from({ length: many }, (_, number) => ({ run, value: `of many ${number}` }));
  await connection.insertOne(collection, documents);
  return (await connection.getMany(collection, { run }).toArray()).length;
}

/** Does with storage what no document describes, and tells what it saw. */
export async function exerciseStorage(run: string): Promise<Record<string, unknown>> {
  const connection = await connect();
  const id = `${run}-first`;
  await connection.insertOne(collection, { _id: id, run, value: 'first' });
  const guardFails = await see(() =>
    connection.updateOne(collection, { _id: id, value: 'other' }, { $set: { value: 'changed' } }),
  );
  const secondInsert = await see(() => connection.insertOne(collection, { _id: id, run, value: 'second' }));
  const afterSecondInsert: unknown = await connection.findOneOrNull(collection, id);

  const upsertId = `${run}-upsert`;
  const upsert = await see(() =>
    connection.updateOne(
      collection,
      { _id: upsertId },
      { $set: { run, value: 'upserted' } },
      { upsert: true },
    ),
  );
  const underItsId: unknown = await connection.findOneOrNull(collection, upsertId);

  const read = await see(() => readWithoutLimit(connection, run));

  const keyOptions = { keyspace: 'probe', ttl: 60_000 };
  const results = {
    updateMany: await see(() => connection.updateMany(collection, { run }, { $set: { touched: true } })),
    count: await see(() => connection.count(collection)),
    set: await see(() => connection.set(run, 'value', keyOptions)),
    del: await see(() => connection.del(run, keyOptions)),
    removeMany: await see(() => connection.removeMany(collection, { run })),
  };
  return { guardFails, secondInsert, afterSecondInsert, upsert, upsertId, underItsId, many, read, results };
}

/** How long the keys of `stepTtl` live, in milliseconds. */
export const ttl = 3000;

/** Raises a counter with a TTL. */
export async function raiseWithTtl(run: string): Promise<void> {
  const connection = await connect();
  await connection.incr(`${run}-ttl`, 1, { keyspace: 'probe', ttl });
}

export async function isTtlAlive(run: string): Promise<boolean> {
  const connection = await connect();
  const value: unknown = await connection.get(`${run}-ttl`, { keyspace: 'probe', ttl });
  return value !== null && value !== undefined;
}
