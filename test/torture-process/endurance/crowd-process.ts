import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Behaviour, CrowdFigures } from './crowd';

/** What the process is told at first. */
export const crowdOrder = v.object({
  port: v.number(),
  behaviour: v.object({
    name: v.string(),
    text: v.string(),
    drip: v.string(),
    bytesPerSecond: v.nullable(v.number()),
    leaves: v.optional(v.boolean()),
  }),
  size: v.number(),
});

const crowdFigures = v.object({ opened: v.number(), most: v.number(), reading: v.number() });

/** A crowd in a process of its own. */
export class CrowdProcess {
  readonly #child: ChildProcess;

  constructor(port: number, behaviour: Behaviour, size: number) {
    const main = join(import.meta.dirname, 'crowd-main.ts');
    this.#child = spawn(process.execPath, ['--import', 'tsx', main], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.send({ port, behaviour, size } satisfies v.InferOutput<typeof crowdOrder>);
  }

  /** Ends the crowd. */
  async end(): Promise<CrowdFigures> {
    this.#child.send('end');
    const [figures]: unknown[] = await once(this.#child, 'message');
    return v.parse(crowdFigures, figures);
  }
}
