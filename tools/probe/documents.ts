import { type Connection, connect } from './notes';
import { type Saw, see } from './see';

const collection = 'probe_fields';

/** How many calls take place at the same moment. */
const together = 20;

async function readBack(connection: Connection, id: string): Promise<object | null> {
  return connection.findOneOrNull(collection, id);
}

/** Ids of other characters than letters, digits, `_` and `-`. */
async function storeOdd(connection: Connection, run: string): Promise<unknown> {
  const id = `${run}:a@b.c é`;
  await connection.insertOne(collection, { _id: id, run });
  return (await readBack(connection, id)) !== null;
}

async function upsertById(connection: Connection, run: string): Promise<unknown> {
  const id = `${run}-by-id`;
  await connection.updateOne(collection, id, { $set: { run } }, { upsert: true });
  return (await readBack(connection, id)) !== null;
}

async function setPath(connection: Connection, run: string): Promise<unknown> {
  const id = `${run}-path`;
  await connection.insertOne(collection, { _id: id, run, a: { b: 1 } });
  await connection.updateOne(collection, id, { $set: { 'a.b': 2 } });
  return readBack(connection, id);
}

async function setOnInsert(connection: Connection, run: string): Promise<unknown> {
  const id = `${run}-insert`;
  const update = { $set: { run }, $setOnInsert: { born: true } };
  await connection.updateOne(collection, id, update, { upsert: true });
  return readBack(connection, id);
}

async function setObject(connection: Connection, run: string): Promise<unknown> {
  const options = { keyspace: 'probe', ttl: 60_000 };
  await connection.set(`${run}-object`, { a: 1 }, options);
  return connection.get(`${run}-object`, options);
}

/** In which order documents come by two fields, and by one within another. */
async function sortThem(connection: Connection, run: string): Promise<unknown> {
  const order = `${run} order`;
  const documents = [
    { name: 'a', first: 1, second: 1, within: { at: 3 } },
    { name: 'b', first: 1, second: 2, within: { at: 1 } },
    { name: 'c', first: 0, second: 3, within: { at: 2 } },
  ];
  await connection.insertOne(
    collection,
    documents.map((document) => ({ ...document, run: order })),
  );
  const names = async (sort: object) =>
    (await connection.getMany(collection, { run: order }, { sort, limit: 10 }).toArray()).map(
      (document: object) => ('name' in document ? String(document.name) : ''),
    );
  const two = await names({ first: 1, second: -1 });
  const nested = await names({ 'within.at': 1 });
  await connection.removeMany(collection, { run: order });
  return { two: two.join(''), nested: nested.join('') };
}

/** How many of some conditional updates at once believe that they have won. */
async function claimTogether(connection: Connection, run: string): Promise<unknown> {
  const id = `${run}-claim`;
  await connection.insertOne(collection, { _id: id, run, owner: 0 });
  const claims = Array.from({ length: together }, async (_, index) => {
    const owner = index + 1;
    const saw = await see(() => connection.updateOne(collection, { _id: id, owner: 0 }, { $set: { owner } }));
    const resolved = 'resolved' in saw ? saw.resolved : null;
    return (
      typeof resolved === 'object' && resolved !== null && 'owner' in resolved && resolved.owner === owner
    );
  });
  return (await Promise.all(claims)).filter(Boolean).length;
}

async function countTogether(connection: Connection, run: string): Promise<unknown> {
  const options = { keyspace: 'probe', ttl: 60_000 };
  await Promise.all(Array.from({ length: together }, () => connection.incr(`${run}-together`, 1, options)));
  return connection.get(`${run}-together`, options);
}

const questions = {
  oddId: storeOdd,
  upsertById,
  path: setPath,
  onInsert: setOnInsert,
  object: setObject,
  order: sortThem,
  claims: claimTogether,
  sum: countTogether,
} as const;

/** Does with documents what nobody has promised, and tells what it saw. */
export async function exerciseDocuments(run: string): Promise<Record<string, Saw>> {
  const connection = await connect();
  const seen: Record<string, Saw> = {};
  for (const [name, ask] of Object.entries(questions)) seen[name] = await see(() => ask(connection, run));
  await see(() => connection.removeMany(collection, { run }));
  return seen;
}
