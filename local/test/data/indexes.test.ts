import fc from 'fast-check';
import { Query as MingoQuery } from 'mingo';
import { compare } from 'mingo/util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Query, StoredDocument } from '../../connection';
import { openStorage } from '../../storage';
import { usual } from '../../switches/quirks';
import { ids, newStorage } from './support';

const scalar = fc.constantFrom<unknown>(
  null,
  0,
  1,
  2,
  2.5,
  -1,
  true,
  false,
  '',
  'a',
  'ab',
  'b',
  'é',
  '\u{1f600}',
  '\uE000',
  '\ud800',
  'a\u0000',
  '1',
);
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.record({ k: scalar }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.array(fc.record({ k: scalar }, { requiredKeys: [] }), { maxLength: 2 }) },
);
const paths = ['a', 'b', 'c', 'c.k'];
const document = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });
/** Of these, indexes hold all that is asked for. */
const flatDocument = fc.record({ a: scalar, b: scalar, c: scalar }, { requiredKeys: [] });

const condition = fc.oneof(
  scalar,
  scalar.map((operand) => ({ $eq: operand })),
  fc.array(scalar, { maxLength: 3 }).map((operand) => ({ $in: operand })),
  fc.array(scalar, { maxLength: 2 }).map((operand) => ({ $nin: operand })),
  fc.boolean().map((operand) => ({ $exists: operand })),
  fc.constant({ $ne: null }),
  fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), scalar)
    .map(([name, operand]) => ({ [name]: operand })),
  fc.tuple(scalar, scalar).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.tuple(scalar, scalar).map(([low, high]) => ({ $gt: low, $lte: high })),
  scalar.map((operand) => ({ $not: { $eq: operand } })),
  // Only an array can satisfy both, by different elements.
  fc.constantFrom({ $gt: 1, $lt: 1 }, { $gte: 'b', $lte: 'a' }, { $gte: 1 }, { $lte: 0 }),
);
const conjunction = fc.dictionary(fc.constantFrom(...paths), condition, { maxKeys: 3 });
const query = fc.oneof(
  { weight: 4, arbitrary: conjunction },
  {
    weight: 2,
    arbitrary: fc.tuple(conjunction, conjunction).map(([one, other]) => ({ $and: [one, other] })),
  },
  { weight: 1, arbitrary: fc.tuple(conjunction, conjunction).map(([one, other]) => ({ $or: [one, other] })) },
);
const index = fc.uniqueArray(fc.constantFrom(...paths, '_id'), { minLength: 1, maxLength: 3 });
const direction = fc.constantFrom<1 | -1>(1, -1);
const sort = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', '_id'), direction), {
  selector: ([field]) => field,
  maxLength: 3,
});

/** What mingo alone finds, sorted the slow way; missing counts as null. */
function expected(documents: StoredDocument[], asked: Query, order: [string, 1 | -1][]): StoredDocument[] {
  const test = new MingoQuery(asked, {});
  return documents.filter((found) => test.test(found)).sort((x, y) => difference(x, y, order));
}

function difference(x: StoredDocument, y: StoredDocument, order: [string, 1 | -1][]): number {
  for (const [field, way] of order) {
    const result = compare(x[field] ?? null, y[field] ?? null) * way;
    if (result !== 0) return result;
  }
  return 0;
}

const selections = [['a'], ['a', 'b'], ['b', 'c']];

function only(one: StoredDocument, fields: readonly string[]): StoredDocument {
  const chosen = Object.entries(one).filter(([field]) => field === '_id' || fields.includes(field));
  return { _id: one._id, ...Object.fromEntries(chosen) };
}

test('indexes change no result: the same documents as mingo finds in an array', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { minLength: 1, maxLength: 25 }),
      fc.array(fc.tuple(fc.nat(), document), { maxLength: 10 }),
      fc.array(index, { maxLength: 4 }),
      fc.array(fc.tuple(query, sort, fc.nat({ max: 5 }), fc.integer({ min: 1, max: 30 })), {
        minLength: 5,
        maxLength: 12,
      }),
      async (documents, changes, indexes, reads) => {
        const { connection, storage } = newStorage();
        const [early = [], ...late] = indexes;
        if (early.length > 0) await connection.createIndex('c', early);
        for (const [at, fields] of documents.entries())
          await connection.insertOne('c', { ...fields, _id: `d${at}` });
        for (const fields of late) await connection.createIndex('c', fields);
        // Some of what follows changes what the database has, some what it does not have yet.
        for (const [at, fields] of changes) {
          const id = `d${at % documents.length}`;
          if (at % 5 === 0) await connection.removeOne('c', id).catch(() => undefined);
          else if (at % 5 === 1) await connection.updateOne('c', id, { $set: fields }).catch(() => undefined);
          else if (at % 5 === 2)
            await connection.updateMany('c', { _id: { $in: [id, 'd0'] } }, { $set: fields });
          else await connection.replaceOne('c', id, fields, { upsert: true });
        }
        const stored = await connection.getMany('c').toArray();
        for (const [asked, order, offset, limit] of reads) {
          const all = expected(stored, asked, order);
          const options = { sort: Object.fromEntries(order) };
          const found = await connection.getMany('c', asked, options).toArray();
          const context = JSON.stringify({ asked, order, plan: storage.explainQuery('c', asked, options) });
          expect(ids(found), context).toEqual(ids(all));
          expect(await connection.count('c', asked), context).toBe(all.length);
          for (const fields of selections) {
            const hints = { $fields: Object.fromEntries(fields.map((field) => [field, 1 as const])) };
            const selected = await connection.getMany('c', asked, { ...options, hints }).toArray();
            expect(selected, context).toEqual(found.map((one) => only(one, fields)));
          }
          // Arrays have no total order in mingo; elsewhere the order must be the same up to ties.
          const isOrdered = order.every(([field]) =>
            stored.every((one) => typeof one[field] !== 'object' || one[field] === null),
          );
          if (!isOrdered) continue;
          for (const [at, one] of found.entries())
            expect(difference(one, all[at] ?? one, order), context).toBe(0);
          const page = await connection.getMany('c', asked, { ...options, offset, limit }).toArray();
          const wanted = all.slice(offset, offset + limit);
          expect(page.length, context).toBe(wanted.length);
          for (const [at, one] of page.entries())
            expect(difference(one, wanted[at] ?? one, order), context).toBe(0);
        }
        await storage.close();
      },
    ),
    { numRuns: 120 },
  );
});

test('what is selected of flat documents is what they hold, read from them or from an index', async () => {
  const one = fc.oneof(scalar, fc.constant({ $exists: false }));
  const asked = fc.oneof(fc.constant({}), fc.record({ a: one }), fc.record({ a: one, b: one }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(flatDocument, { maxLength: 30 }),
      fc.array(fc.tuple(asked, direction, fc.nat(3), fc.integer({ min: 1, max: 30 })), { minLength: 10 }),
      async (documents, reads) => {
        const { connection, storage } = newStorage();
        await connection.createIndex('c', ['a', 'b', '_id']);
        for (const [at, fields] of documents.entries())
          await connection.insertOne('c', { ...fields, _id: `d${at}` });
        for (const [query, way, offset, limit] of reads) {
          const options = { sort: { a: way, b: way, _id: way }, offset, limit };
          const found = await connection.getMany('c', query, options).toArray();
          for (const fields of selections) {
            const hints = { $fields: Object.fromEntries(fields.map((field) => [field, 1 as const])) };
            const selected = await connection.getMany('c', query, { ...options, hints }).toArray();
            expect(selected, JSON.stringify(query)).toEqual(found.map((whole) => only(whole, fields)));
          }
        }
        await storage.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('what an index holds is read from it, and from the document where the index cannot tell', async () => {
  const { connection } = newStorage();
  await connection.createIndex('c', ['state', 'at', '_id']);
  const odd = '\ud800 "state": \u0000';
  await connection.insertOne('c', [
    { _id: 'missing', at: 2, raw: '{"state":"x"}' },
    { _id: 'null', state: null, at: 1 },
    { _id: 'nested', at: 3, deep: { state: 'x' } },
    { _id: odd, at: odd },
    { _id: 'no time' },
    { _id: 'flag', at: true },
    { _id: 'dead', state: 'dead', at: 1 },
  ]);
  const read = (query: Query, limit: number) =>
    connection.getMany('c', query, { sort: { at: 1 }, limit, hints: { $fields: { at: 1 } } }).toArray();
  const waiting = [
    { _id: 'no time' },
    { _id: 'missing', at: 2 },
    { _id: 'nested', at: 3 },
    { _id: odd, at: odd },
    { _id: 'flag', at: true },
  ];
  expect(await read({ state: { $exists: false } }, 10)).toEqual(waiting);
  expect(await read({ state: { $exists: false } }, 3)).toEqual(waiting.slice(0, 3));
  expect(await read({ state: 'dead' }, 10)).toEqual([{ _id: 'dead', at: 1 }]);
  expect(await connection.count('c', { state: { $exists: false } })).toBe(waiting.length);
  await connection.insertOne('c', { _id: 'two', at: [4, 5] });
  expect(await read({ state: { $exists: false } }, 10)).toContainEqual({ _id: 'two', at: [4, 5] });
});

test('what lies deeper in a document is selected as it lies there, though an index holds it', async () => {
  const { connection } = newStorage();
  await connection.createIndex('c', ['order.best', '_id']);
  await connection.insertOne('c', { _id: 'a', order: { best: 2, worst: 1 } });
  const options = { sort: { 'order.best': 1 as const }, hints: { $fields: { 'order.best': 1 as const } } };
  expect(await connection.getMany('c', {}, options).toArray()).toEqual([{ _id: 'a', order: { best: 2 } }]);
});

describe('the path that a query takes', () => {
  async function planned(fields: string[][]) {
    const { connection, storage, directory } = newStorage();
    await connection.insertOne('c', { state: 'x', at: 1, who: 'y', tags: 'one' });
    for (const one of fields) await connection.createIndex('c', one);
    return { connection, storage, directory, explain: storage.explainQuery };
  }

  const indexes = [['state', 'at'], ['who'], ['at'], ['tags', 'at']];

  test.each<[Query, Record<string, 1 | -1>, string, boolean]>([
    [{ _id: 'a' }, { at: 1 }, '_id', false],
    [{ _id: 'a', state: 'x' }, {}, '_id', true],
    [{ _id: { $in: ['a', 'b'] } }, { _id: -1 }, '_id', true],
    [{ _id: { $gt: 'a' } }, { _id: 1 }, '_id', true],
    [{ _id: { $startsWith: 'a' } }, {}, '_id', true],
    [{}, { _id: -1 }, '_id', true],
    [{ state: 'x' }, {}, 'state,at', true],
    [{ state: 'x' }, { at: -1 }, 'state,at', true],
    [{ state: { $exists: false } }, { at: 1 }, 'state,at', true],
    [{ state: null }, {}, 'state,at', true],
    [{ state: { $in: ['x', 'y'] } }, {}, 'state,at', true],
    [{ state: { $in: ['x', 'y'] } }, { at: 1 }, 'state,at', false],
    [{ state: { $in: ['x', 'y'] } }, { state: 1, at: 1 }, 'state,at', true],
    [{ state: 'x', at: { $gt: 5 } }, { at: 1 }, 'state,at', true],
    [{ $and: [{ state: 'x' }, { at: { $lt: 5 } }] }, {}, 'state,at', true],
    [{ state: { $ne: null } }, {}, 'state,at', true],
    [{ state: { $startsWith: 'x' } }, {}, 'state,at', true],
    [{ who: 'y' }, { at: 1 }, 'who', false],
    [{}, { at: 1 }, 'at', true],
    [{ other: 1 }, { at: -1 }, 'at', true],
    [{ at: { $gt: 1, $lt: 5 } }, {}, 'at', true],
    [{ tags: 'one' }, { at: -1 }, 'tags,at', true],
    [{ other: 1 }, {}, 'scan', true],
    [{ other: 1 }, { other: 1 }, 'scan', false],
    [{ $or: [{ state: 'x' }, { who: 'y' }] }, {}, 'scan', true],
  ])('%j sorted by %j', async (query, sort, path, sorted) => {
    const { explain } = await planned(indexes);
    const plan = explain('c', query, { sort });
    expect(plan).toMatchObject({ path, sorted });
    if (path === 'scan') expect(plan.sqlite.join()).toContain('SCAN');
    else expect(plan.sqlite.join()).not.toContain('TEMP B-TREE');
    if (path !== 'scan' && Object.keys(query).length > 0 && !('other' in query)) {
      expect(plan.sqlite.join()).not.toContain('SCAN');
    }
  });

  test('an index on a field with arrays finds elements but yields no order', async () => {
    const { connection: writing, storage, directory } = await planned(indexes);
    await writing.insertOne('c', { _id: 'many', tags: ['one', 'two', 'two'], at: [1, 9] });
    await storage.close();
    const again = openStorage({ directory, quirks: usual });
    onTestFinished(() => again.close());
    const connection = again.connection();
    const explain = again.explainQuery;
    expect(explain('c', { tags: 'two' }, { sort: { who: 1 } })).toMatchObject({ path: 'tags,at' });
    expect(explain('c', {}, { sort: { at: 1 } }).path).toBe('scan');
    expect(ids(await connection.getMany('c', { at: { $gt: 0 } }).toArray()).length).toBe(2);
    const apart = { $and: [{ at: { $gt: 5 } }, { at: { $lt: 3 } }] };
    expect(ids(await connection.getMany('c', apart).toArray())).toEqual(['many']);
    expect(ids(await connection.getMany('c', { at: { $gt: 5, $lt: 3 } }).toArray())).toEqual(['many']);
    await expect(connection.count('c', { tags: { $in: ['one', 'two'] }, at: { $gte: 1 } })).resolves.toBe(2);
  });

  test('indexes can be created twice, removed, and on a collection that is not there', async () => {
    const { connection, explain } = await planned([]);
    for (let time = 0; time < 2; time += 1) await connection.createIndex('c', ['who']);
    expect(explain('c', { who: 'y' }).path).toBe('who');
    for (let time = 0; time < 2; time += 1) await connection.removeIndex('c', ['who']);
    expect(explain('c', { who: 'y' }).path).toBe('scan');
    expect(await connection.count('c', { who: 'y' })).toBe(1);
    await connection.createIndex('new', ['a', 'b.c']);
    await connection.insertOne('new', { a: 1, b: { c: 2 } });
    expect(await connection.count('new', { a: 1, 'b.c': 2 })).toBe(1);
    await expect(connection.createIndex('c', [])).rejects.toThrow('index');
    await expect(connection.createIndex('c', ['a', 'a'])).rejects.toThrow('index');
  });
});
