import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

const child = fileURLToPath(new URL('read-storage-child.ts', import.meta.url));
const answer = v.object({
  kind: v.picklist(['whole', 'refused', 'wrong']),
  why: v.optional(v.string(), ''),
  fingerprint: v.optional(v.string(), ''),
});
type Answer = v.InferOutput<typeof answer>;

/** Longer than any reading of a small storage; what takes longer does not end. */
const maxWaitMs = 30_000;

/** Opens storages in a process of its own, and in a new one when damage has ended the last. */
export class StorageReader {
  #child: ChildProcess | null = null;

  /** @param expected the fingerprint of what must be there; null to learn it */
  async read(directory: string, file: string, expected: string | null): Promise<Answer> {
    this.#child ??= fork(child, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const running = this.#child;
    const aborter = new AbortController();
    const { signal } = aborter;
    const timer = setTimeout(() => running.kill('SIGKILL'), maxWaitMs);
    try {
      const end = once(running, 'exit', { signal });
      const result = once(running, 'message', { signal });
      end.catch(() => {});
      result.catch(() => {});
      running.send({ directory, file, expected });
      const first = await Promise.race([
        result.then(([message]) => v.parse(answer, message)),
        end.then(() => null),
      ]);
      if (first !== null) return first;
      this.#child = null;
      return {
        kind: 'wrong',
        why: `the process ended (${running.signalCode ?? running.exitCode})`,
        fingerprint: '',
      };
    } finally {
      clearTimeout(timer);
      aborter.abort();
    }
  }

  close(): void {
    this.#child?.kill();
  }
}
