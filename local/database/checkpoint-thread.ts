import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { databaseSettings } from './database-settings';
import { StorageError } from './errors';
import { numberAt, Sqlite } from './sqlite';

// Carries SQLite's log over into the database in a thread of its own, so that its reads, writes and syncs do not hold up
// the event loop.

const { file } = v.parse(v.object({ file: v.string() }), workerData);

/** A log with more frames (of 4 KiB) is begun anew, for which writers have to wait a moment. */
const maxFrames = 12_000;
/** How many frames may be left for that moment, and how often the thread tries to get there. */
const maxFramesAtEnd = 1000;
const maxRounds = 5;
/** How long it waits for the writer then. */
const writerWaitMs = 500;

const database = new Sqlite(file, `${databaseSettings} PRAGMA busy_timeout = ${writerWaitMs};`);

/** @returns how many frames the log has, and how many of them are not in the database */
function checkpoint(mode: 'PASSIVE' | 'RESTART'): { frames: number; left: number } {
  const row = database.row(`PRAGMA wal_checkpoint(${mode})`);
  return { frames: numberAt(row, 1), left: numberAt(row, 1) - numberAt(row, 2) };
}

function carryOver(): void {
  let state = checkpoint('PASSIVE');
  if (state.frames < maxFrames) return;
  for (let round = 0; state.left > maxFramesAtEnd && round < maxRounds; round += 1)
    state = checkpoint('PASSIVE');
  checkpoint('RESTART');
}

parentPort?.on('message', (message: unknown) => {
  if (message === 'close') {
    database.close();
    // A thread that uses native code is asked to end, not terminated.
    parentPort?.close();
    return;
  }
  try {
    carryOver();
    parentPort?.postMessage(null);
  } catch (error) {
    const code = error instanceof StorageError ? error.code : 'UNKNOWN';
    parentPort?.postMessage({ message: error instanceof Error ? error.message : String(error), code });
  }
});
