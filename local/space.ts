import { randomBytes } from 'node:crypto';
import type { Connection } from './connection';
import { CronTable } from './cron/cron-table';
import { openStorage, type Storage } from './datastore';
import { defaultLimits, type Limits } from './http/limits';
import { createRequestHandler } from './http/request-handler';
import { Router } from './http/router';
import { listen } from './http/server';
import type { Token } from './http/token';
import { Dispatcher } from './queue';
import { harshest, type Quirks } from './quirks';
import { Activity } from './runtime/activity';
import { AppLoadError } from './runtime/app-load-error';
import { type AppSource, loadApp } from './runtime/app-source';
import { withholdFromEndedHandlers } from './runtime/ended-handlers';
import { describeError, type Log, logToConsole } from './runtime/log';
import type { Manifest } from './runtime/manifest';
import { withoutOtherResults } from './runtime/other-results';
import { runJob } from './runtime/run-job';
import { workerOptions } from './runtime/worker-options';
import { makeDataFolder } from './start/data-folder';
import { lockDirectory } from './start/directory-lock';
import { StartError } from './start-error';

export interface SpaceOptions {
  /** The data folder; made when it is not there. */
  directory: string;
  app: AppSource;
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1: this machine only. */
  host?: string;
  /** The space's name, which begins every path; default `dev`. */
  spaceName?: string;
  /** The token that may read and write; default a random one. */
  apiKey?: string;
  /** Further tokens. */
  tokens?: readonly Token[];
  /** The variables of the space, as `coho set-env` would set them. */
  env?: Readonly<Record<string, string>>;
  /** Default: the harshest answer to everything the platform does not document. */
  quirks?: Partial<Quirks>;
  limits?: Partial<Limits>;
  log?: Log;
  /** For tests: stands between the app and its storage, for instance to make calls fail. */
  wrapConnection?: (connection: Connection) => Connection;
}

/** A running space. */
export interface Space {
  /** Where the routes are, with the space's name: `http://127.0.0.1:3000/dev`. */
  url: string;
  port: number;
  apiKey: string;
  /** The space's storage as the app sees it, but without the app's quirks of a handler and without a wrapper. */
  connection: Connection;
  storage: Storage;
  manifest: Manifest;
  /** Runs the app's scheduled jobs now, all or those of one expression; resolves when they are over. */
  runJobs(expression?: string): Promise<void>;
  /**
   * Accepts nothing new, lets what runs come to its end for up to `limit` ms (default 10000), and closes the
   * storage. What waits in the queues stays there for the next start.
   */
  stop(limit?: number): Promise<void>;
}

const defaultStopLimit = 10_000;

/**
 * Starts a space: storage, app, workers, clock and HTTP server.
 * @throws {StartError} with one sentence, when the folder, the port or the app does not allow it; nothing is
 *   left running then.
 */
export async function startSpace(options: SpaceOptions): Promise<Space> {
  const undo: ((limit: number) => unknown)[] = [];
  const unwind = async (limit: number): Promise<void> => {
    const deadline = Date.now() + limit;
    const failures: unknown[] = [];
    for (const step of undo.reverse()) {
      try {
        await step(Math.max(0, deadline - Date.now()));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  };
  let stopped: Promise<void> | undefined;
  const stop = (limit = defaultStopLimit): Promise<void> => {
    stopped ??= unwind(limit);
    return stopped;
  };
  try {
    return { ...(await assemble(options, undo)), stop };
  } catch (error) {
    await stop(0);
    throw error;
  }
}

async function assemble(
  options: SpaceOptions,
  undo: ((limit: number) => unknown)[],
): Promise<Omit<Space, 'stop'>> {
  const { directory, host = '127.0.0.1', port = 0, spaceName = 'dev', log = logToConsole } = options;
  const apiKey = options.apiKey ?? randomBytes(24).toString('hex');
  const quirks: Quirks = { ...harshest, ...options.quirks };
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const activity = new Activity();

  makeDataFolder(directory);
  undo.push(lockDirectory(directory));
  const storage = openStorage({ directory, quirks });
  undo.push(() => storage.close());
  if (quirks.restart === 'losesJobs') storage.queue.clear();

  const connection = storage.connection();
  const answering = quirks.otherResults === 'null' ? withoutOtherResults(connection) : connection;
  const wrapped = options.wrapConnection?.(answering) ?? answering;
  const appConnection = quirks.afterResponse === 'stops' ? withholdFromEndedHandlers(wrapped) : wrapped;
  const { instances, unload } = await loadApp(options.app, {
    open: async () => appConnection,
    env: options.env ?? {},
    quirks,
  });
  undo.push(unload);
  const [manifest] = instances;
  const cron = new CronTable({ instances, quirks, activity, log });
  const routers = instances.map(buildRouter);

  await runStartupHook(manifest, log);
  undo.push((limit) => within(limit, activity.idle()));
  const dispatcher = new Dispatcher({
    queue: storage.queue,
    quirks,
    log: (line) => log({ level: 'warn', text: line }),
  });
  registerWorkers(dispatcher, instances, { quirks, activity, log });
  dispatcher.start();
  undo.push((limit) => dispatcher.stop(limit));
  cron.start();
  undo.push(() => cron.stop());

  const basePath = `/${spaceName}`;
  const tokens: Token[] = [{ token: apiKey, access: 'READWRITE' }, ...(options.tokens ?? [])];
  const onRequest = createRequestHandler({ basePath, routers, tokens, limits, quirks, activity, log });
  const server = await listen({ host, port, limits, onRequest }).catch((error: unknown) => {
    throw explainListenError(error, host, port);
  });
  undo.push((limit) => server.close(limit));
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}${basePath}`,
    port: server.port,
    apiKey,
    connection,
    storage,
    manifest,
    runJobs: (expression) => cron.runNow(expression),
  };
}

function buildRouter(manifest: Manifest): Router {
  try {
    return new Router(manifest);
  } catch (error) {
    throw new AppLoadError(`The app has a path that cannot be matched: ${describeError(error)}`);
  }
}

/** The function given to `app.init(hook)`; presumably the platform runs it once per deploy. */
async function runStartupHook({ startup }: Manifest, log: Log): Promise<void> {
  try {
    await startup?.();
  } catch (error) {
    log({ level: 'error', text: `startup hook: ${describeError(error)}` });
  }
}

function registerWorkers(
  dispatcher: Dispatcher,
  instances: readonly [Manifest, ...Manifest[]],
  surroundings: { quirks: Quirks; activity: Activity; log: Log },
): void {
  let turn = 0;
  const [first] = instances;
  for (const topic of new Set([...Object.keys(first.workerhooks), ...Object.keys(first.queuehooks)])) {
    const name = `worker ${topic}`;
    dispatcher.register(topic, workerOptions(first, topic), async ({ jobId, _id, payload }) => {
      const { workerhooks, queuehooks } = instances[turn++ % instances.length] ?? first;
      const functions = workerhooks[topic] ?? queuehooks[topic] ?? [];
      const request = { body: { topic, jobId, _id, payload } };
      try {
        await runJob({ name, functions, request, jobId, ...surroundings });
      } catch (error) {
        surroundings.log({ level: 'error', text: `${name}: ${describeError(error)}` });
        throw error;
      }
    });
  }
}

/** Waits for a promise, but no longer than `limit` ms. */
async function within(limit: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([promise, expired]);
  clearTimeout(timer);
}

function explainListenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new StartError(`Port ${port} is in use by another program; set PORT to a free one.`);
  }
  if (code === 'EACCES') {
    return new StartError(`Port ${port} needs more rights than you have; set PORT to one above 1023.`);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartError(`HOST is "${host}", which is no address of this machine.`);
  }
  return error;
}
