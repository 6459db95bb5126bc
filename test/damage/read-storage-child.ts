import * as v from 'valibot';
import { fingerprintStorage, IndexDisagrees } from './storage-snapshot';
import { type Verdict, verdictOnRefusal } from './verdict';

// A process that opens damaged storages, as what is damaged may take the whole process with it.

const task = v.object({ directory: v.string(), file: v.string(), expected: v.nullable(v.string()) });

async function judge({
  directory,
  file,
  expected,
}: v.InferOutput<typeof task>): Promise<Verdict & { fingerprint?: string }> {
  try {
    const fingerprint = await fingerprintStorage(directory);
    if (expected !== null && fingerprint !== expected)
      return { kind: 'wrong', why: 'other documents than before' };
    return { kind: 'whole', fingerprint };
  } catch (error) {
    if (error instanceof IndexDisagrees) return { kind: 'wrong', why: error.message };
    // What an owner would see: the sentence of an error that is meant for him, else the error as it is.
    const isMeant = error instanceof Error && ['StartError', 'StorageError'].includes(error.name);
    return verdictOnRefusal(isMeant ? error.message : String(error), file);
  }
}

process.on('message', async (message) => {
  process.send?.(await judge(v.parse(task, message)));
});
