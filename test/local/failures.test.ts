import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStorage } from '../../local/datastore';
import { Database } from '../../local/datastore/database';
import { Readers } from '../../local/datastore/readers';
import { storageOn } from '../../local/datastore/storage';
import { harshest } from '../../local/quirks';
import { temporaryDirectory } from './support';

/** A storage whose database the test can put into trouble. */
function troubled() {
  const file = join(temporaryDirectory(), 'space.db');
  const database = new Database(file);
  const storage = storageOn(database, new Readers(() => new Database(file)), harshest, Date.now);
  onTestFinished(() => storage.close());
  return { database, connection: storage.connection() };
}

test('a full disk rejects with a sentence and leaves everything as it was', async () => {
  const { database, connection } = troubled();
  await connection.createIndex('c', ['n']);
  await connection.insertOne('c', { _id: 'a', n: 1 });
  database.execute('PRAGMA max_page_count = 40');
  const fill = async () => {
    for (let n = 0; n < 1000; n += 1) await connection.insertOne('c', { n, body: 'x'.repeat(3000) });
  };
  await expect(fill()).rejects.toThrow('The disk is full: nothing was written');
  const count = await connection.count('c');
  expect(count).toBeGreaterThan(1);
  await expect(connection.insertOne('new', { body: 'x'.repeat(9000) })).rejects.toThrow('The disk is full');
  expect(await connection.findOneOrNull('new', 'x')).toBeNull();
  expect(await connection.findOne('c', { n: 1 })).toMatchObject({ n: 1 });
  database.execute('PRAGMA max_page_count = 100000');
  await connection.insertOne('new', { _id: 'b' });
  await connection.insertOne('c', { n: 5000 });
  expect(await connection.count('c', { n: { $gte: 0 } })).toBe(count + 1);
});

test('a read-only file rejects writes and answers reads', async () => {
  const { database, connection } = troubled();
  await connection.insertOne('c', { _id: 'a' });
  database.execute('PRAGMA query_only = 1');
  await expect(connection.insertOne('c', { _id: 'b' })).rejects.toThrow('The storage is read-only');
  await expect(connection.incr('n')).rejects.toThrow('The storage is read-only');
  await expect(connection.enqueue('t', 1)).rejects.toThrow('The storage is read-only');
  expect(await connection.findOne('c', 'a')).toEqual({ _id: 'a' });
});

test('a file that cannot be opened says so', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'space.db'));
  expect(() => openStorage({ directory, quirks: harshest })).toThrow('The storage file cannot be opened');
});
