import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as v from 'valibot';
import { type LoadPlan, type LoadResult, loadResult } from './plan';

const reply = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('sent'), result: loadResult }),
  v.object({ kind: v.literal('failed'), reason: v.string() }),
]);

/** The load generator as this process sees it. */
export interface Generator {
  /** Makes and signs the events, and opens the connections. */
  prepare(plan: LoadPlan): Promise<void>;
  /** Sends them. @throws Error when an event was not answered 200 */
  send(): Promise<LoadResult>;
  stop(): Promise<void>;
}

export function startGenerator(): Generator {
  const child = fork(join('bench', 'load', 'generator.ts'), [], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  const ask = async (message: object) => {
    const answered = once(child, 'message');
    const ended = once(child, 'exit').then(() => {
      throw new Error('The load generator has ended.');
    });
    child.send(message);
    const [received] = await Promise.race([answered, ended]);
    const told = v.parse(reply, received);
    if (told.kind === 'failed') throw new Error(told.reason);
    return told;
  };
  return {
    async prepare(plan) {
      await ask({ kind: 'prepare', plan });
    },
    async send() {
      const told = await ask({ kind: 'send' });
      if (told.kind !== 'sent') throw new Error('The load generator has sent nothing.');
      return told.result;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
