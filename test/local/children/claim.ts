/** Claims documents by conditional updates and prints which it won. Arguments: the directory, a name. */
import { openStorage } from '../../../local/datastore';
import { harshest } from '../../../local/quirks';

const [directory, name] = process.argv.slice(2);
if (directory === undefined || name === undefined) throw new Error('A directory and a name are needed');
const connection = openStorage({ directory, quirks: { ...harshest, noMatch: 'null' } }).connection();
const won: string[] = [];
for (const { _id } of await connection.getMany('c', {}, { sort: { _id: 1 } }).toArray()) {
  const claimed = await connection.updateOne('c', { _id, owner: null }, { $set: { owner: name } });
  if (claimed) won.push(_id);
  await connection.updateOne('sums', 'all', { $inc: { n: 1 } }, { upsert: true });
  await connection.incr('sum');
}
process.stdout.write(JSON.stringify(won));
