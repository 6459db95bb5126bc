import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { Applier } from './applier';
import type { ApplierAnswer, ApplierOrder } from './applier-thread';
import { Catalog } from './catalog';
import { StorageError } from './errors';
import { openDatabase } from './open-database';

// Applies the journal in a thread of its own, when and as far as it is told; see `applier-thread.ts`.

const { directory } = v.parse(v.object({ directory: v.string() }), workerData);
const request = v.union([
  v.literal('close'),
  v.object({ file: v.number(), offset: v.number(), now: v.number() }),
]);

const database = openDatabase(directory);
const applier = new Applier(directory, database, new Catalog(database));

function apply({ now, ...place }: ApplierOrder): ApplierAnswer {
  try {
    applier.apply(place, now);
    return null;
  } catch (error) {
    const code = error instanceof StorageError ? error.code : 'UNKNOWN';
    return { message: error instanceof Error ? error.message : String(error), code };
  }
}

parentPort?.on('message', (message: unknown) => {
  const told = v.parse(request, message);
  if (told === 'close') {
    database.close();
    parentPort?.close();
  } else parentPort?.postMessage(apply(told));
});
