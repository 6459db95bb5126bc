/** Reads far more than its heap could hold. Argument: the directory. Prints what it has counted. */

import { Dispatcher } from '../../../queue';
import { openStorage } from '../../../storage';
import { usual } from '../../../switches/switches';

const documents = 15_000;
const directory = process.argv[2];
if (directory === undefined) throw new Error('A directory is needed');
const storage = openStorage({ directory, switches: usual });
const connection = storage.connection();
const body = 'x'.repeat(8000);
for (let n = 0; n < documents; n += 250) {
  await connection.insertOne(
    'c',
    Array.from({ length: 250 }, (_, at) => ({ n: n + at, body })),
  );
}
let read = 0;
await connection.getMany('c').forEach(() => {
  read += 1;
});
let sorted = 0;
let previous = documents;
await connection.getMany('c', {}, { sort: { n: -1 } }).forEach(({ n }) => {
  if (Number(n) === previous - 1) sorted += 1;
  previous = Number(n);
});
await connection.enqueueFromQuery('c', {}, 't');
const dispatcher = new Dispatcher({ queue: storage.queue, switches: usual, log: console.error });
let run = 0;
await new Promise<void>((resolve) => {
  dispatcher.register('t', { workers: 4 }, async () => {
    run += 1;
    if (run === documents) resolve();
  });
  dispatcher.start();
});
await dispatcher.stop();
const pending = storage.queue.pending();
const removed = await connection.removeMany('c', {});
await storage.close();
process.stdout.write(JSON.stringify({ read, sorted, run, pending, removed: removed.count }));
