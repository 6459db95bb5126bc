import { describe, expect, test } from 'vitest';
import { newStorage } from './support';

describe('insertOne', () => {
  test('resolves the stored document with a new id; ids sort by time', async () => {
    const { connection } = newStorage();
    const stored: unknown[] = [];
    for (let n = 0; n < 50; n += 1) stored.push(await connection.insertOne('c', { n }));
    const listed = await connection.getMany('c', {}, { sort: { _id: 1 } }).toArray();
    expect(listed).toEqual(stored);
    expect(listed[0]?._id).toMatch(/^[0-9a-f]{24}$/);
  });

  test('takes an array and answers with an array, all or nothing', async () => {
    const { connection } = newStorage({ quirks: { duplicateInsert: 'rejects' } });
    await expect(connection.insertOne('c', [{ _id: 'a' }, { _id: 'b', n: 1 }])).resolves.toEqual([
      { _id: 'a' },
      { _id: 'b', n: 1 },
    ]);
    await expect(connection.insertOne('c', [{ _id: 'd' }, { _id: 'b' }])).rejects.toThrow('Duplicate');
    expect(await connection.count('c')).toBe(2);
  });

  test('takes back what failed halfway, and nothing of what was written at the same time', async () => {
    const { connection } = newStorage({ quirks: { duplicateInsert: 'rejects' } });
    await connection.createIndex('c', ['n']);
    const results = await Promise.allSettled([
      connection.insertOne('c', { _id: 'a', n: 1 }),
      connection.insertOne('c', [
        { _id: 'b', n: 1 },
        { _id: 'a', n: 1 },
      ]),
      connection.insertOne('c', { _id: 'c', n: 1 }),
      connection.incr('counter', 1),
      connection.updateOne('c', 'a', { $set: { n: 2 } }),
      connection.enqueue('topic', { of: 'c' }),
      connection.removeOne('c', 'nobody'),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect(await connection.getMany('c', {}, { sort: { _id: 1 } }).toArray()).toEqual([
      { _id: 'a', n: 2 },
      { _id: 'c', n: 1 },
    ]);
    expect(await connection.getMany('c', { n: 1 }).toArray()).toEqual([{ _id: 'c', n: 1 }]);
    expect(await connection.get('counter')).toBe(1);
  });

  test('stores JSON: dates as ISO strings, nothing undefined, never a reference', async () => {
    const { connection } = newStorage();
    const inner = { list: [1, undefined, 2] };
    const stored = await connection.insertOne('c', {
      _id: 'a',
      at: new Date(0),
      gone: undefined,
      inner,
      infinite: Number.POSITIVE_INFINITY,
    });
    inner.list.push(3);
    const expected = {
      _id: 'a',
      at: '1970-01-01T00:00:00.000Z',
      inner: { list: [1, null, 2] },
      infinite: null,
    };
    expect(stored).toEqual(expected);
    const found = await connection.findOne('c', 'a');
    found.at = 'changed';
    expect(await connection.findOne('c', 'a')).toEqual(expected);
  });

  test('an id must be a string, a document an object', async () => {
    const { connection } = newStorage();
    await expect(connection.insertOne('c', { _id: 5 })).rejects.toThrow('_id');
    await expect(connection.insertOne('c', { _id: '' })).rejects.toThrow('_id');
    await expect(connection.insertOne('c', { n: 5n })).rejects.toThrow('BigInt');
    await expect(connection.insertOne('', {})).rejects.toThrow('collection');
  });

  test.each(['rejects', 'overwrites'] as const)('an id that exists: %s', async (duplicateInsert) => {
    const { connection, storage } = newStorage({ quirks: { duplicateInsert } });
    await connection.createIndex('c', ['n']);
    await connection.insertOne('c', { _id: 'a', n: 1, old: true });
    const again = connection.insertOne('c', { _id: 'a', n: 2 });
    if (duplicateInsert === 'rejects') await expect(again).rejects.toThrow('Duplicate _id');
    else await expect(again).resolves.toEqual({ _id: 'a', n: 2 });
    const n = duplicateInsert === 'rejects' ? 1 : 2;
    expect(storage.explainQuery('c', { n }).path).toBe('n');
    expect(await connection.count('c', { n })).toBe(1);
    expect(await connection.count('c', { n: 3 - n })).toBe(0);
  });
});

describe('finding one', () => {
  test('by id, by query, or not', async () => {
    const { connection } = newStorage();
    await connection.insertOne('c', { _id: 'a', n: 1 });
    for (const find of [connection.findOne, connection.getOne]) {
      await expect(find('c', 'a')).resolves.toEqual({ _id: 'a', n: 1 });
      await expect(find('c', { n: 1 })).resolves.toMatchObject({ _id: 'a' });
      await expect(find('c', 'b')).rejects.toThrow(/^Not found/);
      await expect(find('none', { n: 1 })).rejects.toThrow(/^Not found/);
    }
    await expect(connection.findOneOrNull('c', { n: 2 })).resolves.toBeNull();
    await expect(connection.findOneOrNull('c', 'a')).resolves.toMatchObject({ n: 1 });
  });

  test('ids and names that are hard on SQLite', async () => {
    const { connection } = newStorage();
    const odd = ["'; DROP TABLE x", 'a\u0000b', 'a', 'ä', '\u{1f600}', '\uE000', '\ud800', ' ', '%', 'A'];
    for (const id of odd) await connection.insertOne(id, { _id: id, n: 1 });
    for (const id of odd) {
      expect(await connection.findOne(id, id)).toEqual({ _id: id, n: 1 });
      expect(await connection.count(id)).toBe(1);
    }
  });
});

describe('an update that matches nothing', () => {
  const calls = ['updateOne', 'replaceOne'] as const;

  test.each(calls)('%s rejects', async (call) => {
    const { connection } = newStorage({ quirks: { noMatch: 'rejects' } });
    await expect(connection[call]('none', 'a', { n: 1 })).rejects.toThrow(/^Not found/);
    await connection.insertOne('c', { _id: 'a', n: 1 });
    await expect(connection[call]('c', { _id: 'a', n: 2 }, { n: 3 })).rejects.toThrow(/^Not found/);
  });

  test.each(calls)('%s resolves null', async (call) => {
    const { connection } = newStorage({ quirks: { noMatch: 'null' } });
    await connection.insertOne('c', { _id: 'a', n: 1 });
    await expect(connection[call]('c', { _id: 'a', n: 2 }, { n: 3 })).resolves.toBeNull();
    expect(await connection.findOne('c', 'a')).toEqual({ _id: 'a', n: 1 });
  });

  test.each(calls)('%s resolves the unchanged document that the query names', async (call) => {
    const { connection } = newStorage({ quirks: { noMatch: 'unchanged' } });
    await connection.insertOne('c', { _id: 'a', n: 1 });
    const guards = [{ _id: 'a', n: 2 }, { $and: [{ _id: { $eq: 'a' } }, { n: 2 }] }];
    for (const query of guards) {
      await expect(connection[call]('c', query, { n: 3 })).resolves.toEqual({ _id: 'a', n: 1 });
    }
    await expect(connection[call]('c', { _id: 'b' }, { n: 3 })).resolves.toBeNull();
    await expect(connection[call]('c', { n: 2 }, { n: 3 })).resolves.toBeNull();
  });
});

describe('upsert', () => {
  test('by id creates under that id, whatever the quirks', async () => {
    for (const upsertByQuery of ['keepsId', 'ignoresId'] as const) {
      const { connection } = newStorage({ quirks: { upsertByQuery } });
      await connection.updateOne('c', 'a', { $inc: { n: 2 } }, { upsert: true });
      await connection.updateOne('c', 'a', { $inc: { n: 2 } }, { upsert: true });
      await connection.replaceOne('c', 'b', { _id: 'x', n: 5 }, { upsert: true });
      expect(await connection.getMany('c', {}, { sort: { _id: 1 } }).toArray()).toEqual([
        { _id: 'a', n: 4 },
        { _id: 'b', n: 5 },
      ]);
    }
  });

  test.each(['keepsId', 'ignoresId'] as const)(
    'by query takes the fixed fields: %s',
    async (upsertByQuery) => {
      const { connection } = newStorage({ quirks: { upsertByQuery, upsertResult: 'document' } });
      const created = await connection.updateOne(
        'c',
        { _id: 'a', 'deep.x': 1, y: { $eq: 2 }, z: { $gt: 3 }, $and: [{ w: 4 }] },
        { $set: { v: 5 } },
        { upsert: true },
      );
      expect(created).toMatchObject({ deep: { x: 1 }, y: 2, w: 4, v: 5 });
      expect(created).not.toHaveProperty('z');
      const named = await connection.findOneOrNull('c', 'a');
      if (upsertByQuery === 'keepsId') expect(named).toEqual(created);
      else expect(named).toBeNull();
      expect(await connection.count('c')).toBe(1);
    },
  );

  test('never makes a second document of one id', async () => {
    const { connection } = newStorage({ quirks: { upsertByQuery: 'keepsId' } });
    await connection.insertOne('c', { _id: 'a', n: 1 });
    await expect(connection.updateOne('c', { _id: 'a', n: 2 }, { n: 3 }, { upsert: true })).rejects.toThrow(
      'Duplicate',
    );
    expect(await connection.getMany('c').toArray()).toEqual([{ _id: 'a', n: 1 }]);
  });

  test.each([
    ['document', { _id: 'a', n: 1 }],
    ['null', null],
    ['id', 'a'],
  ] as const)('resolves, created or not: %s', async (upsertResult, expected) => {
    const { connection } = newStorage({ quirks: { upsertResult } });
    for (let time = 0; time < 2; time += 1) {
      await expect(connection.updateOne('c', 'a', { n: 1 }, { upsert: true })).resolves.toEqual(expected);
      await expect(connection.replaceOne('c', 'a', { n: 1 }, { upsert: true })).resolves.toEqual(expected);
    }
    await expect(connection.updateOne('c', 'a', { n: 1 })).resolves.toEqual({ _id: 'a', n: 1 });
  });

  test('of many', async () => {
    const { connection } = newStorage();
    await expect(connection.updateMany('c', { n: 1 }, { m: 1 }, { upsert: true })).resolves.toEqual({
      count: 1,
    });
    await expect(connection.updateMany('c', { n: 1 }, { m: 2 }, { upsert: true })).resolves.toEqual({
      count: 1,
    });
    expect(await connection.getMany('c').toArray()).toMatchObject([{ n: 1, m: 2 }]);
  });
});

describe('many', () => {
  test('updateMany changes every match once, even when it moves in the index that finds it', async () => {
    const { connection, storage } = newStorage();
    await connection.createIndex('c', ['n']);
    await connection.insertOne(
      'c',
      Array.from({ length: 1000 }, (_, n) => ({ n })),
    );
    expect(storage.explainQuery('c', { n: { $gte: 0 } }).path).toBe('n');
    await expect(connection.updateMany('c', { n: { $gte: 0 } }, { $inc: { n: 5000 } })).resolves.toEqual({
      count: 1000,
    });
    expect(await connection.count('c', { n: { $gte: 5000, $lt: 6000 } })).toBe(1000);
    await expect(connection.updateMany('none', {}, { n: 1 })).resolves.toEqual({ count: 0 });
  });

  test('replaceMany and removeMany', async () => {
    const { connection } = newStorage();
    await connection.createIndex('c', ['n']);
    await connection.insertOne(
      'c',
      [1, 2, 3, 4, 5].map((n) => ({ _id: `${n}`, n })),
    );
    await expect(connection.replaceMany('c', { n: { $lt: 3 } }, { n: 9, m: 1 })).resolves.toEqual({
      count: 2,
    });
    expect(await connection.findOne('c', '1')).toEqual({ _id: '1', n: 9, m: 1 });
    await expect(connection.removeMany('c', { n: 9 })).resolves.toEqual({ count: 2 });
    await expect(connection.removeMany('c', {}, { sort: { n: -1 }, limit: 2 })).resolves.toEqual({
      count: 2,
    });
    expect(await connection.getMany('c').toArray()).toEqual([{ _id: '3', n: 3 }]);
    await expect(connection.removeMany('c', {})).resolves.toEqual({ count: 1 });
    expect(await connection.count('c', { n: 3 })).toBe(0);
  });

  test('removeOne resolves the id and rejects when nothing matches', async () => {
    const { connection } = newStorage();
    await connection.insertOne('c', { _id: 'a', n: 1 });
    await expect(connection.removeOne('c', { n: 1 })).resolves.toBe('a');
    await expect(connection.removeOne('c', 'a')).rejects.toThrow(/^Not found/);
  });
});

test('collection() offers the same calls without the name', async () => {
  const { connection } = newStorage();
  const collection = connection.collection('c');
  const insert: ((...args: never[]) => unknown) | undefined = collection.insertOne;
  expect(Object.keys(collection)).toEqual(
    expect.arrayContaining(['getMany', 'updateOne', 'count', 'removeMany']),
  );
  const untyped: unknown = insert;
  if (typeof untyped !== 'function') throw new Error('insertOne is missing');
  await untyped({ _id: 'a', n: 1 });
  expect(await connection.findOne('c', 'a')).toEqual({ _id: 'a', n: 1 });
});

test('everything is there after reopening', async () => {
  const { openStorage } = await import('../../storage');
  const { usual } = await import('../../switches/quirks');
  const { storage, connection, directory } = newStorage();
  await connection.createIndex('c', ['n']);
  await connection.insertOne('c', { _id: 'a', n: 1 });
  await connection.set('k', 'v');
  await connection.enqueue('t', { n: 1 });
  await storage.close();
  await expect(connection.findOne('c', 'a')).rejects.toThrow('closed');
  await expect(connection.insertOne('c', {})).rejects.toThrow('closed');
  await expect(connection.getMany('c').toArray()).rejects.toThrow('closed');
  const again = openStorage({ directory, quirks: usual });
  expect(again.explainQuery('c', { n: 1 }).path).toBe('n');
  expect(await again.connection().findOne('c', { n: 1 })).toEqual({ _id: 'a', n: 1 });
  expect(await again.connection().get('k')).toBe('v');
  expect(again.queue.pending('t')).toBe(1);
  expect(again.collections()).toEqual(['c']);
  await again.close();
});
