import { type ChildProcess, fork } from 'node:child_process';
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

/** @throws Error when the process ends instead */
function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      done();
    };
    const onMessage = (message: unknown) => settle(() => resolve(message));
    const onExit = () => settle(() => reject(new Error('The load generator has ended.')));
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}

export function startGenerator(): Generator {
  const child = fork(join('bench', 'load', 'generator.ts'), [], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  const ask = async (message: object) => {
    child.send(message);
    const told = v.parse(reply, await nextMessage(child));
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
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
