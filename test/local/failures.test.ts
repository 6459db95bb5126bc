import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openStorage } from '../../local/datastore';
import { harshest } from '../../local/quirks';
import { newStorage, temporaryDirectory } from './support';

const canLimit = spawnSync('prlimit', ['--version']).status === 0;
if (!canLimit) console.log('Skipped: what happens on a full disk (prlimit is not installed).');

test.skipIf(!canLimit)('a full disk rejects with a sentence and leaves everything as it was', () => {
  const script = fileURLToPath(new URL('children/limited.ts', import.meta.url));
  // Without this a process that writes too much is killed.
  const command = `trap '' XFSZ; exec "$0" --import tsx "$1" "$2"`;
  const child = spawnSync('sh', ['-c', command, process.execPath, script, temporaryDirectory()], {
    encoding: 'utf8',
  });
  expect(child.stderr).toBe('');
  const { written, full, whenFull, afterwards } = JSON.parse(child.stdout);
  expect(written).toBeGreaterThan(10);
  expect(full).toBe('The disk is full: nothing was written');
  expect(whenFull).toEqual({
    documents: written + 1,
    last: null,
    first: { _id: 'a', n: 1 },
    count: written,
    jobs: written,
    update: 'The disk is full: nothing was written',
    enqueue: 'The disk is full: nothing was written',
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
  expect(() => openStorage({ directory, quirks: harshest })).toThrow('The storage file cannot be opened');
});

/** The files of a storage as the death of its process leaves them: nothing of the journal is in the database. */
async function leftBehind(
  write: (connection: ReturnType<typeof newStorage>['connection']) => Promise<unknown>,
) {
  const { connection, directory } = newStorage();
  await connection.createIndex('c', ['n']);
  await write(connection);
  const left = temporaryDirectory();
  for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(left, name));
  const journal = readdirSync(left).find((name) => name.startsWith('journal-'));
  if (journal === undefined) throw new Error('There is no journal');
  return { directory: left, journal: join(left, journal) };
}

test('what only the journal holds is found at the next start, in every index', async () => {
  const { directory } = await leftBehind(async (connection) => {
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
  const storage = openStorage({ directory, quirks: harshest });
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

test('a journal that ends in the middle of a write loses that write, and nothing before it', async () => {
  const documents = Array.from({ length: 5 }, (_, at) => ({ _id: `d${at}`, n: 7 }));
  const write = async (connection: ReturnType<typeof newStorage>['connection']) => {
    await connection.insertOne('c', { _id: 'first', n: 7 });
    await connection.insertOne('c', documents);
  };
  const { size } = statSync((await leftBehind(write)).journal);
  for (let cut = 1; cut < size; cut += 7) {
    const { directory, journal } = await leftBehind(write);
    truncateSync(journal, size - cut);
    // What the disk makes of space that it had promised and not filled.
    if (cut % 2 === 0) appendFileSync(journal, Buffer.alloc(40));
    const storage = openStorage({ directory, quirks: harshest });
    const found = await storage.connection().getMany('c', { n: 7 }).toArray();
    // All of the five or none: a write is one piece.
    expect([0, 1]).toContain(found.length);
    await storage.connection().insertOne('c', { _id: 'later', n: 7 });
    await storage.close();
    const again = openStorage({ directory, quirks: harshest });
    expect(await again.connection().count('c', { n: 7 })).toBe(found.length + 1);
    await again.close();
  }
});

test('a journal that was applied already changes nothing when it is found again', async () => {
  const { directory, journal } = await leftBehind(async (connection) => {
    await connection.incr('n', 5);
    await connection.updateOne('c', 'a', { $inc: { n: 1 } }, { upsert: true });
  });
  const copy = join(temporaryDirectory(), 'copy');
  copyFileSync(journal, copy);
  await openStorage({ directory, quirks: harshest }).close();
  copyFileSync(copy, journal);
  const storage = openStorage({ directory, quirks: harshest });
  onTestFinished(() => storage.close());
  expect(await storage.connection().get('n')).toBe(5);
  expect(await storage.connection().findOne('c', { n: 1 })).toEqual({ _id: 'a', n: 1 });
});
