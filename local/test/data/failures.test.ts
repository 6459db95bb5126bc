import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Sqlite } from '../../database/sqlite';
import { openStorage } from '../../storage';
import { usual } from '../../switches/quirks';
import { newStorage, temporaryDirectory } from './support';

const canLimit = spawnSync('prlimit', ['--version']).status === 0;

test('a full disk rejects with a sentence and leaves everything as it was', ({ skip }) => {
  if (!canLimit) skip('there is no prlimit: install util-linux');
  const script = fileURLToPath(new URL('children/limited.ts', import.meta.url));
  // Without this a process that writes too much is killed.
  const command = `trap '' XFSZ; exec "$0" --import tsx "$1" "$2"`;
  const child = spawnSync('sh', ['-c', command, process.execPath, script, temporaryDirectory()], {
    encoding: 'utf8',
  });
  expect(child.stderr).toBe('');
  const { written, full, whenFull, afterwards } = JSON.parse(child.stdout);
  expect(written).toBeGreaterThan(10);
  // The limit stands in for a full disk, which has a sentence of its own.
  expect(full).toBe('The disk reported an error while the storage was in use');
  expect(whenFull).toEqual({
    documents: written + 1,
    last: null,
    first: { _id: 'a', n: 1 },
    count: written,
    jobs: written,
    update: 'The disk reported an error while the storage was in use',
    enqueue: 'The disk reported an error while the storage was in use',
  });
  expect(afterwards).toEqual({
    documents: written + 1,
    changed: [{ _id: 'a', n: 5000 }],
    new: { _id: 'b' },
    count: written,
    jobs: written,
  });
});

test('a file that cannot be opened says so', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'space.db'));
  expect(() => openStorage({ directory, quirks: usual })).toThrow('The storage file cannot be opened');
});

/** The files of a storage as the death of its process leaves them, after all was made durable. */
async function leftBehind(
  write: (connection: ReturnType<typeof newStorage>['connection']) => Promise<unknown>,
): Promise<string> {
  const { connection, storage, directory } = newStorage();
  await connection.createIndex('c', ['n']);
  await write(connection);
  await storage.durable();
  const left = temporaryDirectory();
  for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(left, name));
  return left;
}

test('what only the log holds is found at the next start, in every index', async () => {
  const directory = await leftBehind(async (connection) => {
    await connection.insertOne('c', [
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
      { _id: 'tab\there\nand \ud800', n: 3 },
    ]);
    await connection.updateOne('c', 'a', { $set: { n: 2 } });
    await connection.removeOne('c', 'b');
    await connection.set('k\u0000', { deep: [1] }, { keyspace: 's' });
    await connection.enqueue('t', { key: 'x' });
  });
  const storage = openStorage({ directory, quirks: usual });
  onTestFinished(() => storage.close());
  const connection = storage.connection();
  expect(await connection.getMany('c', {}, { sort: { n: 1 } }).toArray()).toEqual([
    { _id: 'a', n: 2 },
    { _id: 'tab\there\nand \ud800', n: 3 },
  ]);
  expect(storage.explainQuery('c', { n: 2 }).path).toBe('n');
  expect(await connection.count('c', { n: 1 })).toBe(0);
  expect(await connection.count('c', { n: 2 })).toBe(1);
  expect(await connection.get('k\u0000', { keyspace: 's' })).toEqual({ deep: [1] });
  expect(storage.queue.ready('t', 5)).toMatchObject([{ payload: { key: 'x' } }]);
});

const written = (connection: ReturnType<typeof newStorage>['connection']) =>
  connection.insertOne(
    'c',
    Array.from({ length: 5 }, (_, at) => ({ _id: `d${at}`, n: 7 })),
  );

test('a log that is shorter than what was synced is damage, and says so', async () => {
  const { size } = statSync(join(await leftBehind(written), 'space.db-wal'));
  let cases = 0;
  for (let cut = 1; cut <= size; cut += 997) {
    const directory = await leftBehind(written);
    truncateSync(join(directory, 'space.db-wal'), size - cut);
    expect(() => openStorage({ directory, quirks: usual })).toThrow(/^The file space\.db-wal is damaged/);
    cases += 1;
  }
  expect(cases).toBeGreaterThan(20);
});

test('what was not synced may be lost in parts, and is all there or not at all', async () => {
  const synced = await leftBehind(written);
  const { connection, storage, directory } = newStorage();
  await connection.createIndex('c', ['n']);
  await written(connection);
  await storage.durable();
  const before = statSync(join(directory, 'space.db-wal')).size;
  await connection.insertOne('c', [
    { _id: 'e0', n: 8, text: 'x'.repeat(9000) },
    { _id: 'e1', n: 8 },
  ]);
  const whole = readFileSync(join(directory, 'space.db-wal'));
  expect(whole.length).toBeGreaterThan(before + 8000);
  for (const length of [before, before + 10, before + 5000, whole.length - 1, whole.length]) {
    const left = temporaryDirectory();
    for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(left, name));
    truncateSync(join(left, 'space.db-wal'), length);
    const again = openStorage({ directory: left, quirks: usual });
    expect(await again.connection().count('c', { n: 7 })).toBe(5);
    expect(await again.connection().count('c', { n: 8 })).toBe(length === whole.length ? 2 : 0);
    await again.close();
  }
  const storageOfCopy = openStorage({ directory: synced, quirks: usual });
  expect(await storageOfCopy.connection().count('c', { n: 7 })).toBe(5);
  await storageOfCopy.close();
});

test('a document that the disk did not keep is an error, never another document', async () => {
  const { connection, storage, directory } = newStorage();
  const documents = Array.from({ length: 200 }, (_, n) => ({
    _id: `d${n}`,
    text: `text ${n} ${'x'.repeat(300)}`,
  }));
  await connection.insertOne('c', documents);
  await storage.close();
  const file = join(directory, 'space.db');
  const bytes = readFileSync(file);
  bytes[bytes.indexOf('text 77 ') + 20] = 'y'.charCodeAt(0);
  writeFileSync(file, bytes);
  expect(() => openStorage({ directory, quirks: usual })).toThrow(/^The file space\.db is damaged .*restore/);
});

test('the folder and its files are for their owner alone, also when they were there before', async () => {
  const { connection, storage, directory } = newStorage();
  await connection.insertOne('c', { _id: 'a' });
  await storage.close();
  chmodSync(directory, 0o755);
  chmodSync(join(directory, 'space.db'), 0o644);
  const again = openStorage({ directory, quirks: usual });
  onTestFinished(() => again.close());
  await again.connection().insertOne('c', { _id: 'b' });
  await again.durable();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const open = readdirSync(directory).filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});

test('a lock that another program holds makes calls wait, and the event loop goes on', async () => {
  const { connection, directory } = newStorage();
  await connection.insertOne('c', { _id: 'a', n: 1 });
  const other = new Sqlite(join(directory, 'space.db'), '');
  other.run('BEGIN IMMEDIATE');
  let isDone = false;
  const write = connection.updateOne('c', 'a', { $inc: { n: 1 } }).then(() => {
    isDone = true;
  });
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(isDone).toBe(false);
  expect(await connection.findOne('c', 'a')).toEqual({ _id: 'a', n: 1 });
  other.run('COMMIT');
  other.close();
  await write;
  expect(await connection.findOne('c', 'a')).toEqual({ _id: 'a', n: 2 });
});

test('nothing of what was removed or overwritten stays in the files after a stop', async () => {
  const { connection, storage, directory } = newStorage();
  await connection.createIndex('c', ['who']);
  await connection.createIndex('c', ['list']);
  const secret = 'nobody@private.example';
  for (let n = 0; n < 50; n += 1)
    await connection.insertOne('c', { _id: `d${n}`, who: secret, list: [secret], text: secret.repeat(300) });
  await connection.set(secret, secret);
  await connection.enqueue('t', secret);
  await connection.updateMany('c', {}, { $set: { who: 'x', list: ['x'], text: 'x' } });
  await connection.del(secret);
  await storage.queue.clear();
  await storage.close();
  for (const name of readdirSync(directory))
    expect(readFileSync(join(directory, name)).includes(secret), name).toBe(false);
});

test('a folder of another version is refused with a sentence', async () => {
  const directory = temporaryDirectory();
  const old = new Sqlite(join(directory, 'space.db'), '');
  old.execute('CREATE TABLE collections (number INTEGER PRIMARY KEY, name TEXT); PRAGMA user_version = 1');
  old.close();
  expect(() => openStorage({ directory, quirks: usual })).toThrow('was made by another version');
});

test('a mark that is damaged is told, and one that a loss of power left empty is none', async () => {
  const damaged = await leftBehind(written);
  const mark = join(damaged, 'space.db-mark');
  const bytes = readFileSync(mark);
  bytes[7] = (bytes[7] ?? 0) ^ 1;
  writeFileSync(mark, bytes);
  expect(() => openStorage({ directory: damaged, quirks: usual })).toThrow(
    /^The file space\.db-mark is damaged/,
  );
  writeFileSync(mark, Buffer.alloc(bytes.length));
  const storage = openStorage({ directory: damaged, quirks: usual });
  onTestFinished(() => storage.close());
  expect(await storage.connection().count('c', { n: 7 })).toBe(5);
});
