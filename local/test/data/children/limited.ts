/**
 * Writes until the disk is full, looks what is there, and goes on when there is room again. Its soft limit of the size of
 * a file stands in for the disk. Argument: the directory. Prints what it has seen.
 */
import { execFileSync } from 'node:child_process';
import { openStorage } from '../../../storage';
import { usual } from '../../../switches/quirks';

const directory = process.argv[2];
if (directory === undefined) throw new Error('A directory is needed');
const storage = openStorage({ directory, quirks: usual });
const connection = storage.connection();
const setLimit = (bytes: number | 'unlimited') =>
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
const refusal = (write: Promise<unknown>) =>
  write.then(
    () => 'made',
    (error: unknown) => (error instanceof Error ? error.message.replace(/ \(.*/, '') : 'unknown'),
  );

await connection.createIndex('c', ['n']);
await connection.insertOne('c', { _id: 'a', n: 1 });
setLimit(900_000);
let written = 0;
const fill = async () => {
  for (;;) {
    // Several at once share what is written to the disk, and fail together.
    await Promise.all([
      connection.insertOne('c', { _id: `d${written}`, n: written, body: 'x'.repeat(3000) }),
      connection.incr('count'),
      connection.enqueue('t', written),
    ]);
    written += 1;
  }
};
const full = await refusal(fill());
const whenFull = {
  documents: await connection.count('c'),
  last: await connection.findOneOrNull('c', `d${written}`),
  first: await connection.findOne('c', { _id: 'a', n: 1 }),
  count: await connection.get('count'),
  jobs: storage.queue.pending('t'),
  update: await refusal(connection.updateOne('c', 'a', { $set: { body: 'x'.repeat(9000) } })),
  enqueue: await refusal(connection.enqueue('t', 'x'.repeat(9000))),
};
setLimit('unlimited');
await connection.updateOne('c', 'a', { $set: { n: 5000 } });
await connection.insertOne('new', { _id: 'b' });
await storage.close();

const again = openStorage({ directory, quirks: usual });
const afterwards = {
  documents: await again.connection().count('c'),
  changed: await again
    .connection()
    .getMany('c', { n: { $gte: 5000 } })
    .toArray(),
  new: await again.connection().findOneOrNull('new', 'b'),
  count: await again.connection().get('count'),
  jobs: again.queue.pending('t'),
};
await again.close();
process.stdout.write(JSON.stringify({ written, full, whenFull, afterwards }));
