/** Writes without end and prints what has been acknowledged, until it is killed. Argument: the directory. */
import { writeSync } from 'node:fs';
import { openStorage } from '../../../storage';
import { usual } from '../../../switches/quirks';

const directory = process.argv[2];
if (directory === undefined) throw new Error('A directory is needed');
const connection = openStorage({ directory, quirks: usual }).connection();
await connection.createIndex('c', ['n']);
for (let n = 0; ; n += 1) {
  await connection.insertOne('c', { _id: `d${n}`, n });
  await connection.updateOne('c', `d${n}`, { $set: { done: true } });
  await connection.incr('count');
  await connection.enqueue('t', n);
  writeSync(1, `${n}\n`);
}
