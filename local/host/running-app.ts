import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from '../connection';
import { CronTable } from '../cron/cron-table';
import type { InFlight } from '../http/in-flight';
import type { Limits } from '../http/limits';
import { createRequestHandler } from '../http/request-handler';
import { Router } from '../http/router';
import type { Token } from '../http/token';
import type { WrongKeys } from '../http/wrong-keys';
import type { RefusalCounts } from '../log/refusal-counts';
import type { Dispatcher } from '../queue';
import { pause } from '../queue/pause';
import type { Activity } from '../runtime/activity';
import { AppLoadError } from '../runtime/app-load-error';
import { type AppSource, loadApp } from '../runtime/app-source';
import { noApp } from '../runtime/empty-manifest';
import type { LoadedApp } from '../runtime/loaded-app';
import { describeError, type Log } from '../runtime/log';
import type { Manifest } from '../runtime/manifest';
import { runJob } from '../runtime/run-job';
import type { Usage } from '../runtime/usage';
import { workerOptions } from '../runtime/worker-options';
import type { Switches } from '../switches/switches';

/** What an app finds in its space. */
export interface AppServices {
  /** The path under which the routes are, such as `/dev`. */
  basePath: string;
  connection: Connection;
  /** Resolves when all that was stored is as durable as the owner wants. */
  durable: () => Promise<void>;
  tokens: () => readonly Token[];
  switches: Switches;
  limits: Limits;
  inFlight: InFlight;
  wrongKeys: WrongKeys;
  refusals: RefusalCounts;
  activity: Activity;
  usage: Usage;
  /** Takes what the space says about the app. */
  log: Log;
  /** Takes what the app prints. */
  appLog: Log;
}

/** An app that is loaded, with everything that starts its functions. */
export interface RunningApp {
  readonly manifest: Manifest;
  /** Serves a request for one of the routes. */
  readonly handle: (raw: IncomingMessage, response: ServerResponse) => void;
  readonly cron: CronTable;
  /** The topics that the app has workers for. */
  readonly topics: ReadonlySet<string>;
  readonly setVariable: LoadedApp['setVariable'];
  /** Runs the hook given to `app.init(hook)`, for no longer than a handler may take. */
  runStartupHook(): Promise<void>;
  /** Puts the app's workers in the places of those that the dispatcher has. */
  registerWorkers(dispatcher: Dispatcher): void;
  readonly unload: () => void;
}

/**
 * Loads an app. Nothing of it runs yet, beyond what its modules do by themselves.
 * @param source undefined for no app at all: every route is 404 then.
 * @throws {AppLoadError} with one sentence that says why the app cannot run.
 */
export async function prepareApp(
  source: AppSource | undefined,
  env: Readonly<Record<string, string>>,
  services: AppServices,
): Promise<RunningApp> {
  const { connection, switches, appLog } = services;
  const loaded = source
    ? await loadApp(source, { open: async () => connection, env, switches, appLog })
    : withoutApp;
  try {
    return assemble(loaded, services);
  } catch (error) {
    loaded.unload();
    throw error;
  }
}

const withoutApp: LoadedApp = { instances: [noApp], setVariable: () => {}, unload: () => {} };

function assemble({ instances, setVariable, unload }: LoadedApp, services: AppServices): RunningApp {
  const { switches, activity, log, appLog, usage, limits } = services;
  const [manifest] = instances;
  const routers = instances.map(buildRouter);
  const topics = new Set([...Object.keys(manifest.workerhooks), ...Object.keys(manifest.queuehooks)]);
  return {
    manifest,
    handle: createRequestHandler({ ...services, routers }),
    cron: new CronTable({ instances, switches, activity, log, appLog, usage }),
    topics,
    setVariable,
    unload,
    async runStartupHook() {
      if (manifest.startup !== undefined) {
        const { startup } = manifest;
        const functions = [() => startup()];
        await pause(limits.handlerMs, runHook(functions, services));
      }
    },
    registerWorkers(dispatcher) {
      for (const topic of topics) {
        registerWorker(dispatcher, topic, instances, services);
      }
    },
  };
}

async function runHook(functions: (() => unknown)[], services: AppServices): Promise<void> {
  const name = 'startup hook';
  try {
    await runJob({ ...services, name, context: 'system', functions, request: {}, jobId: name });
  } catch (error) {
    services.log({ level: 'error', text: `${name}: ${describeError(error)}` });
  }
}

function registerWorker(
  dispatcher: Dispatcher,
  topic: string,
  instances: LoadedApp['instances'],
  services: AppServices,
): void {
  const [first] = instances;
  const name = `worker ${topic}`;
  const context = 'queuehooks';
  let turn = 0;
  dispatcher.register(topic, workerOptions(first, topic), async ({ jobId, _id, payload }, tooLate) => {
    const { workerhooks, queuehooks } = instances[turn++ % instances.length] ?? first;
    const functions = workerhooks[topic] ?? queuehooks[topic] ?? [];
    const request = { body: { topic, jobId, _id, payload } };
    try {
      await runJob({ ...services, name, context, functions, request, jobId, tooLate });
    } catch (error) {
      services.log({ level: 'error', context, text: `${name}: ${describeError(error)}` });
      throw error;
    }
  });
}

function buildRouter(manifest: Manifest): Router {
  try {
    return new Router(manifest);
  } catch (error) {
    throw new AppLoadError(`The app has a path that cannot be matched: ${describeError(error)}`);
  }
}
