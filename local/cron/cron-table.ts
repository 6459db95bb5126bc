import { randomUUID } from 'node:crypto';
import { Cron } from 'croner';
import type { Activity } from '../runtime/activity';
import type { AppFunction } from '../runtime/app-function';
import { AppLoadError } from '../runtime/app-load-error';
import { describeError, type Log } from '../runtime/log';
import type { Manifest } from '../runtime/manifest';
import { runJob } from '../runtime/run-job';
import type { Usage } from '../runtime/usage';
import type { Quirks } from '../switches/quirks';

/** The least time between two runs of a job on the plan that costs nothing. */
const freeIntervalSeconds = 3600;

export interface CronTableOptions {
  /** The instances of the app; runs take turns. */
  instances: readonly Manifest[];
  quirks: Pick<Quirks, 'afterResponse' | 'cronOverlap' | 'lateJob' | 'plan'>;
  activity: Activity;
  log: Log;
  /** Takes what the app prints. */
  appLog: Log;
  usage: Usage;
}

/**
 * The jobs that an app schedules with `app.job(expression, ...)`: five fields, or six with seconds first, in
 * UTC. A time at which the space does not run is missed for good. A job that fails is logged, no more.
 */
export class CronTable {
  readonly #options: CronTableOptions;
  readonly #crons: ReadonlyMap<string, Cron>;
  #turn = 0;

  /** @throws {AppLoadError} when an expression is not valid. */
  constructor(options: CronTableOptions) {
    this.#options = options;
    const expressions = Object.keys(options.instances[0]?.jobhooks ?? {});
    this.#crons = new Map(expressions.map((expression) => [expression, this.#schedule(expression)]));
  }

  /** Starts the clock. */
  start(): void {
    for (const cron of this.#crons.values()) {
      cron.resume();
    }
  }

  /** Stops the clock; what runs goes on. */
  stop(): void {
    for (const cron of this.#crons.values()) {
      cron.stop();
    }
  }

  /** Runs every job now, or the one with this expression, and resolves when they are over. */
  async runNow(expression?: string): Promise<void> {
    const due = [...this.#crons.keys()].filter((known) => expression === undefined || known === expression);
    await Promise.all(due.map((known) => this.#run(known)));
  }

  #schedule(expression: string): Cron {
    const { quirks } = this.#options;
    try {
      return new Cron(
        expression,
        {
          mode: '5-or-6-parts',
          timezone: 'UTC',
          paused: true,
          protect: quirks.cronOverlap === 'skipped',
          ...(quirks.plan === 'free' && { interval: freeIntervalSeconds }),
        },
        () => this.#run(expression),
      );
    } catch (error) {
      throw new AppLoadError(
        `The app schedules a job with "${expression}", which is no cron expression: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  async #run(expression: string): Promise<void> {
    const { instances, ...surroundings } = this.#options;
    const functions: readonly AppFunction[] =
      instances[this.#turn++ % instances.length]?.jobhooks[expression] ?? [];
    const name = `job ${expression}`;
    const context = 'jobhooks';
    const job = { name, context, functions, request: {}, jobId: randomUUID() } as const;
    const run = runJob({ ...job, ...surroundings }).catch((error: unknown) =>
      surroundings.log({ level: 'error', context, text: `${name}: ${describeError(error)}` }),
    );
    surroundings.activity.track(run);
    await run;
  }
}
