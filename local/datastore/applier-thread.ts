import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { StorageError } from './errors';
import type { Place } from './journal';

/** What the thread answers: null when everything is applied, else why it is not. */
const answerSchema = v.nullable(v.object({ message: v.string(), code: v.string() }));
export type ApplierAnswer = v.InferOutput<typeof answerSchema>;

/** What it is told: up to which place to apply, and what time it is. */
export type ApplierOrder = Place & { readonly now: number };

/**
 * Starts the thread that applies the journal. It is posted orders, or `close`.
 * @param onAnswer is called after each order, with what went wrong or null
 */
export function startApplierThread(directory: string, onAnswer: (failure: Error | null) => void): Worker {
  const thread = new Worker(new URL('./apply-in-thread.mjs', import.meta.url), {
    workerData: { directory },
    // It loads TypeScript in its own way, however this process does.
    execArgv: [],
  });
  thread.on('message', (message: unknown) => {
    const failure = v.parse(answerSchema, message);
    onAnswer(failure && new StorageError(failure.message, failure.code));
  });
  return thread;
}
