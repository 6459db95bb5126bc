import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { checkpointOrder } from './checkpoints';
import { databaseSettings } from './database-settings';
import { StorageError } from './errors';
import { LogMarkFile } from './log-mark';
import { numberAt, Sqlite } from './sqlite';

// Carries SQLite's log over into the database in a thread of its own, so that its reads, writes and syncs do not hold up
// the event loop.

const { file } = v.parse(v.object({ file: v.string() }), workerData);

/** How long the short end of a checkpoint waits for the writer. */
const writerWaitMs = 500;
/** How many frames that end may have to carry over, while writers wait for it. */
const maxFramesAtEnd = 1000;
const maxRounds = 5;

const database = new Sqlite(file, `${databaseSettings} PRAGMA busy_timeout = ${writerWaitMs};`);
const mark = new LogMarkFile(file);

/** @returns how many frames are carried over, and how many are not */
function checkpoint(mode: 'PASSIVE' | 'RESTART'): { carried: number; left: number } {
  const row = database.row(`PRAGMA wal_checkpoint(${mode})`);
  const carried = numberAt(row, 2);
  return { carried, left: numberAt(row, 1) - carried };
}

function carryOver(message: unknown): void {
  const { salt, frames, restarts } = v.parse(checkpointOrder, message);
  let result = checkpoint('PASSIVE');
  if (result.carried >= frames) mark.writeCarried({ salt: Buffer.from(salt), frames });
  // While much is written there is always something left. A log that is to begin anew needs a moment without writers.
  for (let round = 0; restarts && result.left > maxFramesAtEnd && round < maxRounds; round += 1)
    result = checkpoint('PASSIVE');
  if (restarts) checkpoint('RESTART');
}

parentPort?.on('message', (message: unknown) => {
  if (message === 'close') {
    database.close();
    mark.close();
    // A thread that uses native code is asked to end, not terminated.
    parentPort?.close();
    return;
  }
  try {
    carryOver(message);
    parentPort?.postMessage(null);
  } catch (error) {
    const code = error instanceof StorageError ? error.code : 'UNKNOWN';
    parentPort?.postMessage({ message: error instanceof Error ? error.message : String(error), code });
  }
});
