import { describe, expect, test } from 'vitest';
import type { Query } from '../../connection';
import { ids, newStorage } from './support';

const people: Query[] = [
  {
    _id: 'ann',
    age: 30,
    tags: ['x', 'y'],
    name: 'Ann',
    at: new Date('2024-01-01'),
    pets: [{ kind: 'cat', age: 2 }],
  },
  {
    _id: 'bob',
    age: 20,
    tags: ['y'],
    name: 'bob',
    at: '2024-02-01T00:00:00.000Z',
    pets: [
      { kind: 'dog', age: 9 },
      { kind: 'cat', age: 7 },
    ],
  },
  { _id: 'cid', age: null, tags: [], name: 'Cid', home: { city: 'Rome' } },
  { _id: 'dan', name: 'Daniel', home: { city: null } },
];

const cases: [title: string, query: Query, expected: string[]][] = [
  ['everything', {}, ['ann', 'bob', 'cid', 'dan']],
  ['equality', { age: 30 }, ['ann']],
  ['$eq', { age: { $eq: 30 } }, ['ann']],
  ['$gt and $lte', { age: { $gt: 20, $lte: 30 } }, ['ann']],
  ['$gte and $lt', { age: { $gte: 20, $lt: 30 } }, ['bob']],
  ['$ne', { age: { $ne: 30 } }, ['bob', 'cid', 'dan']],
  ['$ne null', { age: { $ne: null } }, ['ann', 'bob']],
  ['null: null or missing', { age: null }, ['cid', 'dan']],
  ['$exists', { age: { $exists: true } }, ['ann', 'bob', 'cid']],
  ['not $exists', { age: { $exists: false } }, ['dan']],
  ['$in', { age: { $in: [20, null] } }, ['bob', 'cid', 'dan']],
  ['$in of nothing', { age: { $in: [] } }, []],
  ['$in of patterns', { name: { $in: [/^a/i, 'bob'] } }, ['ann', 'bob']],
  ['$nin', { age: { $nin: [20, 30] } }, ['cid', 'dan']],
  ['$or', { $or: [{ age: 30 }, { name: 'Cid' }] }, ['ann', 'cid']],
  ['$and', { $and: [{ tags: 'y' }, { age: { $lt: 25 } }] }, ['bob']],
  ['$or inside $and', { $and: [{ $or: [{ age: 20 }, { age: 30 }] }, { tags: 'x' }] }, ['ann']],
  ['$not', { age: { $not: { $gt: 25 } } }, ['bob', 'cid', 'dan']],
  ['$not of a pattern', { name: { $not: /n/ } }, ['bob', 'cid']],
  ['membership', { tags: 'y' }, ['ann', 'bob']],
  ['a whole array', { tags: ['y'] }, ['bob']],
  ['$all', { tags: { $all: ['y', 'x'] } }, ['ann']],
  ['$regex', { name: { $regex: '^b' } }, ['bob']],
  ['$regex with $options', { name: { $regex: '^B', $options: 'i' } }, ['bob']],
  ['a regular expression', { name: /^c/i }, ['cid']],
  ['$startsWith', { name: { $startsWith: 'D' } }, ['dan']],
  ['$startsWith is no pattern', { name: { $startsWith: '.' } }, []],
  ['$endsWith', { name: { $endsWith: 'iel' } }, ['dan']],
  ['$startsWith on elements', { tags: { $startsWith: 'x' } }, ['ann']],
  ['$startsWith and $endsWith', { name: { $startsWith: 'A', $endsWith: 'n' } }, ['ann']],
  ['$elemMatch', { pets: { $elemMatch: { kind: 'cat', age: { $gt: 5 } } } }, ['bob']],
  ['$elemMatch of values', { tags: { $elemMatch: { $startsWith: 'x' } } }, ['ann']],
  ['a path', { 'home.city': 'Rome' }, ['cid']],
  ['a path through an array', { 'pets.kind': 'dog' }, ['bob']],
  ['a path with an index', { 'pets.0.kind': 'cat' }, ['ann']],
  ['an object', { home: { city: 'Rome' } }, ['cid']],
  ['a date', { at: new Date('2024-02-01') }, ['bob']],
  ['$date', { at: { $date: '2024-02-01' } }, ['bob']],
  ['a range of $date', { at: { $gte: { $date: '2024-01-15' } } }, ['bob']],
  ['a pattern with the g flag, twice', { $and: [{ name: /n/g }, { name: /n/g }] }, ['ann', 'dan']],
  ['the id', { _id: 'ann' }, ['ann']],
  ['some ids', { _id: { $in: ['ann', 'dan', 'eve'] } }, ['ann', 'dan']],
  ['a range of ids', { _id: { $gt: 'ann', $lt: 'dan' } }, ['bob', 'cid']],
  ['an id and more', { _id: 'ann', age: 31 }, []],
  ['an id that is not null', { _id: { $ne: null } }, ['ann', 'bob', 'cid', 'dan']],
  ['an inherited name', { constructor: { $exists: true } }, []],
];

test.each(cases)('%s', async (_title, query, expected) => {
  const { connection } = newStorage();
  await connection.insertOne('c', people);
  expect(ids(await connection.getMany('c', query).toArray())).toEqual(expected);
  expect(await connection.count('c', query)).toBe(expected.length);
  for (const fields of [['age'], ['tags', 'age'], ['name'], ['home.city'], ['pets.kind'], ['at']]) {
    await connection.createIndex('c', fields);
  }
  expect(ids(await connection.getMany('c', query).toArray())).toEqual(expected);
});

describe('what is refused', () => {
  test.each<[string, Query, string]>([
    ['an unknown operator', { a: { $frobnicate: 1 } }, 'Unknown query operator $frobnicate'],
    ['an undocumented operator', { a: { $size: 1 } }, 'Unknown query operator $size'],
    ['code', { $where: 'true' }, 'Unknown query operator $where'],
    ['undefined', { a: undefined }, 'undefined'],
    ['undefined inside', { a: { $gt: undefined } }, 'undefined'],
    ['no number', { a: Number.NaN }, 'NaN'],
    ['a mixture', { a: { $gt: 1, b: 2 } }, 'mixes operators and fields'],
    ['$in without an array', { a: { $in: 'x' } }, '$in needs an array'],
    ['a broken pattern', { a: { $regex: '(' } }, 'not a regular expression'],
    ['no date', { a: { $date: 'yesterday' } }, '$date needs a date'],
  ])('%s', async (_title, query, message) => {
    const { connection } = newStorage();
    await connection.insertOne('c', { a: 1 });
    await expect(connection.findOneOrNull('c', query)).rejects.toThrow(message);
    await expect(connection.getMany('c', query).toArray()).rejects.toThrow(message);
    await expect(connection.removeMany('c', query)).rejects.toThrow(message);
    expect(await connection.count('c')).toBe(1);
  });

  test('something that is no query removes nothing', async () => {
    const { connection } = newStorage();
    await connection.insertOne('c', { a: 1 });
    const call: unknown = connection.removeMany;
    if (typeof call !== 'function') throw new Error('removeMany is missing');
    for (const query of [undefined, null, 5, []]) await expect(call('c', query)).rejects.toThrow('query');
    expect(await connection.count('c')).toBe(1);
  });
});

describe('options', () => {
  test('sort, offset and limit, with and without an index', async () => {
    const { connection } = newStorage();
    await connection.insertOne(
      'c',
      [3, 1, null, 5, 4, 2, 'x', true].map((n, at) => ({ _id: `${at}`, n })),
    );
    await connection.insertOne('c', { _id: 'missing' });
    const page = async (n: 1 | -1) =>
      (await connection.getMany('c', {}, { sort: { n }, offset: 1, limit: 5 }).toArray()).map(
        (found) => found.n,
      );
    for (let time = 0; time < 2; time += 1) {
      expect((await page(1)).slice(1)).toEqual([1, 2, 3, 4]);
      expect(await page(-1)).toEqual(['x', 5, 4, 3, 2]);
      await connection.createIndex('c', ['n']);
    }
  });

  test('hints select fields, say how to sort, or ask for the count only', async () => {
    const { connection } = newStorage();
    await connection.insertOne('c', people);
    const read = (hints: Record<string, unknown>) =>
      connection.getMany('c', { name: /n/i }, { hints }).toArray();
    expect(await read({ $fields: { age: 1, 'pets.kind': 1 }, sort: { age: -1 }, limit: 1 })).toEqual([
      { _id: 'ann', age: 30, pets: [{ kind: 'cat' }] },
    ]);
    expect(await read({ $fields: { tags: 0, 'pets.age': 0, at: 0 }, sort: { age: -1 }, limit: 1 })).toEqual([
      { _id: 'ann', age: 30, name: 'Ann', pets: [{ kind: 'cat' }] },
    ]);
    expect(await read({ $fields: { _id: 0, age: 1 } })).toEqual([{ age: 30 }, {}]);
    expect(await read({ $onlycount: true })).toEqual([{ count: 2 }]);
    await expect(read({ $fields: { age: 1, name: 0 } })).rejects.toThrow('$fields');
  });

  test('options that make no sense are refused', async () => {
    const { connection } = newStorage();
    await expect(connection.getMany('c', {}, { limit: -1 }).toArray()).rejects.toThrow('limit');
    await expect(connection.removeMany('c', {}, { offset: 0.5 })).rejects.toThrow('offset');
  });
});
