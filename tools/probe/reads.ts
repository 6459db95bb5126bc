import { type Connection, connect } from './notes';
import { type Saw, see } from './see';

/** How many ids a read names, the most first. */
const idsPerRead = [1000, 300, 100, 30, 10];
const batch = 1000;

async function timed(work: () => Promise<unknown>): Promise<number | string> {
  const began = Date.now();
  const saw = await see(work);
  return 'rejected' in saw ? saw.rejected : Date.now() - began;
}

async function createIndex(connection: Connection, collection: string, fields: string[]): Promise<Saw> {
  const platform: object = connection;
  return see(async () => {
    if (!('createIndex' in platform) || typeof platform.createIndex !== 'function')
      throw new Error('no createIndex');
    return Reflect.apply(platform.createIndex, platform, [collection, fields]);
  });
}

/** Reads of a collection of a size, in milliseconds, before and after an index is made. */
export async function timeReads(run: string, size: number): Promise<object> {
  const connection = await connect();
  const collection = `probe_reads_${size}`;
  const ids = Array.from({ length: size }, (_, number) => `${run}-${number}`);
  for (let from = 0; from < size; from += batch) {
    await connection.insertOne(
      collection,
      ids
        .slice(from, from + batch)
        .map((_id, index) => ({ _id, run, group: `g${(from + index) % 100}`, number: index })),
    );
  }
  const read = (query: object) => () => connection.getMany(collection, query, { limit: 2000 }).toArray();
  let named: { ids: number; milliseconds: number | string } = { ids: 0, milliseconds: 'never' };
  for (const count of idsPerRead) {
    const milliseconds = await timed(read({ _id: { $in: ids.slice(0, count) } }));
    named = { ids: count, milliseconds };
    if (typeof milliseconds === 'number') break;
  }
  const without = await timed(read({ group: 'g7' }));
  const index = await createIndex(connection, collection, ['group']);
  const withIndex = await timed(read({ group: 'g7' }));
  const compound = await createIndex(connection, collection, ['group', 'number']);
  const byId = await timed(() => connection.findOneOrNull(collection, ids[0] ?? ''));
  await see(() => connection.removeMany(collection, { run }));
  return { size, named, without, index, withIndex, compound, byId };
}
