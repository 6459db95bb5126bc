import { describe, expect, test } from 'vitest';
import type { Query, Update } from '../../connection';
import { newStorage } from './support';

const cases: [title: string, before: Query, update: Update, after: Query][] = [
  ['$set', { a: 1 }, { $set: { a: 2, b: [1] } }, { a: 2, b: [1] }],
  [
    '$set of a path',
    { a: { b: 1, c: 1 } },
    { $set: { 'a.b': 2, 'x.y.z': 3 } },
    { a: { b: 2, c: 1 }, x: { y: { z: 3 } } },
  ],
  ['$set in an array', { a: [{ b: 1 }, { b: 2 }] }, { $set: { 'a.1.b': 5 } }, { a: [{ b: 1 }, { b: 5 }] }],
  ['$set of a date', {}, { $set: { at: new Date(0) } }, { at: '1970-01-01T00:00:00.000Z' }],
  ['$set of undefined', { a: 1 }, { $set: { a: undefined, b: 2 } }, { a: 1, b: 2 }],
  ['$unset', { a: 1, b: { c: 1, d: 1 } }, { $unset: { a: '', 'b.c': '' } }, { b: { d: 1 } }],
  ['$inc', { a: 1.5 }, { $inc: { a: 1.25, b: -2, 'c.d': 1 } }, { a: 2.75, b: -2, c: { d: 1 } }],
  ['$push', { a: [1] }, { $push: { a: 1, b: 'x' } }, { a: [1, 1], b: ['x'] }],
  ['$push of $each', { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
  ['$pull of a value', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
  ['$pull by a condition', { a: [1, 5, 9] }, { $pull: { a: { $gt: 4 } } }, { a: [1] }],
  ['$pull by fields', { a: [{ b: 1 }, { b: 2 }] }, { $pull: { a: { b: 2 } } }, { a: [{ b: 1 }] }],
  ['$pull by a pattern', { a: ['ab', 'b'] }, { $pull: { a: /^a/ } }, { a: ['b'] }],
  ['$pop', { a: [1, 2, 3], b: [1, 2] }, { $pop: { a: -1, b: 1 } }, { a: [2, 3], b: [1] }],
  ['$addToSet', { a: [1] }, { $addToSet: { a: 1, b: 'x' } }, { a: [1], b: ['x'] }],
  [
    '$addToSet of $each',
    { a: [{ x: 1 }] },
    { $addToSet: { a: { $each: [{ x: 1 }, { x: 2 }] } } },
    { a: [{ x: 1 }, { x: 2 }] },
  ],
  ['$addToSet of a text', { a: ['x'] }, { $addToSet: { a: 'y', b: 'x' } }, { a: ['x', 'y'], b: ['x'] }],
  ['$addToSet of a text that is there', { a: ['x', 'y'] }, { $addToSet: { a: 'x' } }, { a: ['x', 'y'] }],
  ['$addToSet of a text among others', { a: [1, ['x']] }, { $addToSet: { a: 'x' } }, { a: [1, ['x'], 'x'] }],
  ['$addToSet to no list', { a: 'x', b: null }, { $addToSet: { a: 'y', b: 'y' } }, { a: 'x', b: null }],
  ['$pull of a text', { a: ['x', 'y', 'x'] }, { $pull: { a: 'x', b: 'x' } }, { a: ['y'] }],
  ['$pull of a text from lists in a list', { a: [['x'], 'x', 1] }, { $pull: { a: 'x' } }, { a: [1] }],
  ['$pull from no list', { a: 'x' }, { $pull: { a: 'x' } }, { a: 'x' }],
  [
    '$addToSet beside $set and $unset',
    { a: ['x'], b: 1, c: 1 },
    { $addToSet: { a: 'y' }, $set: { b: 2 }, $unset: { c: '' } },
    { a: ['x', 'y'], b: 2 },
  ],
  ['$rename', { a: 1, b: 2 }, { $rename: { a: 'c' } }, { b: 2, c: 1 }],
  ['$pullAll', { a: [1, 2, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
  ['several', { a: 1, b: 1 }, { $set: { a: 2 }, $unset: { b: 1 }, $inc: { c: 1 } }, { a: 2, c: 1 }],
  ['a patch', { a: 1, b: { c: 1, d: [1, 2] } }, { b: { d: [3], e: 1 } }, { a: 1, b: { c: 1, d: [3], e: 1 } }],
  ['a patch with null', { a: { b: 1 } }, { a: null }, { a: null }],
  ['a patch with undefined', { a: 1 }, { a: undefined }, { a: 1 }],
  [
    'names that all objects inherit',
    { n: {} },
    { $inc: { 'n.constructor': 1, 'm.toString': 2 } },
    { n: { constructor: 1 }, m: { toString: 2 } },
  ],
  ['$addToSet of an inherited name', {}, { $addToSet: { valueOf: 'x' } }, { valueOf: ['x'] }],
  ['$unset of an inherited name', { a: 1 }, { $unset: { constructor: '' } }, { a: 1 }],
];

test.each(cases)('%s', async (_title, before, update, after) => {
  const { connection } = newStorage({ quirks: { updatePaths: 'nested' } });
  await connection.insertOne('c', { _id: 'a', ...before });
  await expect(connection.updateOne('c', 'a', update)).resolves.toEqual({ _id: 'a', ...after });
  expect(await connection.findOne('c', 'a')).toEqual({ _id: 'a', ...after });
});

test.each<[string, Query, Update, Query]>([
  ['$set', { a: { b: 1 } }, { $set: { 'a.b': 2, c: 1 } }, { a: { b: 1 }, 'a.b': 2, c: 1 }],
  ['$unset', { a: { b: 1 }, 'a.b': 2 }, { $unset: { 'a.b': '' } }, { a: { b: 1 } }],
  ['$inc', { a: { b: 1 } }, { $inc: { 'a.b': 2, n: 1 } }, { a: { b: 1 }, 'a.b': 2, n: 1 }],
])('a dot in %s is a part of the name', async (_title, before, update, after) => {
  const { connection } = newStorage();
  await connection.insertOne('c', { _id: 'a', ...before });
  expect(await connection.updateOne('c', 'a', update)).toEqual({ _id: 'a', ...after });
});

test('$setOnInsert is refused, or sets fields of a new document only', async () => {
  const update = { $set: { n: 1 }, $setOnInsert: { born: 'yes' } };
  const refusing = newStorage().connection;
  await expect(refusing.updateOne('c', 'a', update, { upsert: true })).rejects.toThrow('$setOnInsert');
  const { connection } = newStorage({ quirks: { setOnInsert: 'applied' } });
  await connection.insertOne('c', { _id: 'old' });
  for (const id of ['old', 'new']) await connection.updateOne('c', id, update, { upsert: true });
  expect(await connection.findOne('c', 'old')).toEqual({ _id: 'old', n: 1 });
  expect(await connection.findOne('c', 'new')).toEqual({ _id: 'new', n: 1, born: 'yes' });
});

describe('the id', () => {
  test('never changes', async () => {
    const { connection } = newStorage();
    await connection.insertOne('c', { _id: 'a', n: 1 });
    await connection.updateOne('c', 'a', { _id: 'b', n: 2 });
    await connection.updateOne('c', 'a', { $set: { _id: 'b', n: 3 } });
    await connection.replaceOne('c', 'a', { _id: 'b', n: 4 });
    expect(await connection.getMany('c').toArray()).toEqual([{ _id: 'a', n: 4 }]);
    await expect(connection.updateOne('c', 'a', { $unset: { _id: '' } })).rejects.toThrow('_id');
    await expect(connection.updateOne('c', 'a', { $rename: { n: '_id' } })).rejects.toThrow('_id');
  });
});

describe('what is refused', () => {
  test.each<[string, Update, string]>([
    ['an unknown operator', { $frobnicate: { a: 1 } }, 'Unknown update operator $frobnicate'],
    ['operators beside fields', { $set: { a: 1 }, b: 2 }, 'mixes operators'],
    ['an operator without fields', { $set: 5 }, '$set needs an object'],
    ['a positional path', { $set: { 'a.$.b': 1 } }, 'no field'],
    ['the prototype', { $set: { '__proto__.polluted': 1 } }, '__proto__'],
    ['the prototype as a target', { $rename: { a: '__proto__.polluted' } }, '__proto__'],
    ['an increment by a text', { $inc: { a: 'x' } }, '$inc needs numbers'],
  ])('%s', async (_title, update, message) => {
    const { connection } = newStorage();
    await connection.insertOne('c', { _id: 'a', a: 1 });
    await expect(connection.updateOne('c', 'a', update)).rejects.toThrow(message);
    expect(await connection.findOne('c', 'a')).toEqual({ _id: 'a', a: 1 });
  });

  test('operators in a replacement', async () => {
    const { connection } = newStorage();
    await connection.insertOne('c', { _id: 'a' });
    await expect(connection.replaceOne('c', 'a', { $set: { a: 1 } })).rejects.toThrow('no operators');
  });
});

test('nothing reaches the prototypes', async () => {
  const { connection } = newStorage();
  const hostile: Query = JSON.parse(
    '{"__proto__": {"polluted": 1}, "a": {"__proto__": {"polluted": 1}, "b": 1}}',
  );
  await expect(connection.insertOne('c', { _id: 'a', ...hostile })).resolves.toEqual({
    _id: 'a',
    a: { b: 1 },
  });
  await connection.updateOne('c', 'a', hostile);
  await connection.updateOne('c', 'a', { $set: { x: hostile, 'constructor.prototype.polluted': 1 } });
  await connection.updateOne('c', 'a', JSON.parse('{"constructor": {"prototype": {"polluted": 2}}}'));
  await expect(connection.findOneOrNull('c', { '__proto__.polluted': 1 })).rejects.toThrow('__proto__');
  await expect(connection.createIndex('c', ['__proto__.polluted'])).rejects.toThrow('__proto__');
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect('polluted' in {}).toBe(false);
});
