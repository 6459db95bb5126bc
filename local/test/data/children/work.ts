/** Starts the waiting jobs, prints their payloads and never ends one. Argument: the directory. */
import { writeSync } from 'node:fs';
import { Dispatcher } from '../../../queue';
import { openStorage } from '../../../storage';
import { usual } from '../../../switches/quirks';

const directory = process.argv[2];
if (directory === undefined) throw new Error('A directory is needed');
const { queue } = openStorage({ directory, quirks: usual });
const dispatcher = new Dispatcher({ queue, quirks: usual, log: console.error });
dispatcher.register('t', { workers: 2 }, async ({ payload }) => {
  writeSync(1, `${payload}\n`);
  await new Promise(() => {});
});
dispatcher.start();
setInterval(() => {}, 1000);
