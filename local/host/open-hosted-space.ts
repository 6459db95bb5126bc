import type { Connection } from '../connection';
import { makeDataFolder } from '../files/data-folder';
import type { InFlight } from '../http/in-flight';
import type { Limits } from '../http/limits';
import type { WrongKeys } from '../http/wrong-keys';
import { LogBook } from '../log/log-book';
import { Redactor } from '../log/redactor';
import { RefusalCounts } from '../log/refusal-counts';
import { secretValues } from '../log/secret-variables';
import { Dispatcher } from '../queue';
import { pause } from '../queue/pause';
import { Activity } from '../runtime/activity';
import type { AppSource } from '../runtime/app-source';
import { asPlatform } from '../runtime/as-platform';
import { withholdFromEndedHandlers } from '../runtime/ended-handlers';
import { heapShareBytes } from '../runtime/heap-share';
import { currentInvocation } from '../runtime/invocation';
import type { Log } from '../runtime/log';
import type { Usage } from '../runtime/usage';
import { type DescribedToken, SpaceSettings } from '../settings/space-settings';
import { type Durability, openStorage } from '../storage';
import { durableConnection } from '../storage/durable-connection';
import type { Switches } from '../switches/switches';
import { HostedSpace } from './hosted-space';
import { type AppServices, prepareApp } from './running-app';
import type { Shutdown } from './shutdown';
import { Versions } from './versions';

/** Jobs wait while more requests than these are open, so that answers come first. */
const maxRequestsBesideJobs = 8;

export interface HostedSpaceOptions {
  /** The space's name, which begins every path. */
  name: string;
  directory: string;
  /** What runs; undefined for the version that was deployed last, or nothing if there is none. */
  app: AppSource | undefined;
  /** Tokens beside those that the owner makes with the CLI. */
  fixedTokens: readonly DescribedToken[];
  /** Variables beside those that the owner sets with the CLI, which win. */
  env: Readonly<Record<string, string>>;
  /** What encrypted variables are encrypted with. */
  envKey: string;
  /** What must not appear in the log, beside tokens and secret variables. */
  secrets: readonly string[];
  switches: Switches;
  /** What an answer survives. */
  durability: Durability;
  limits: Limits;
  /** Of all spaces together. */
  inFlight: InFlight;
  /** Of all spaces together. */
  wrongKeys: WrongKeys;
  log: Log;
  wrapConnection: ((connection: Connection) => Connection) | undefined;
}

/**
 * Opens a space: storage, app, workers and clock.
 * @param shutdown gets what stops it again, also when it cannot be opened.
 * @throws {StartError} with one sentence.
 */
export async function openHostedSpace(options: HostedSpaceOptions, shutdown: Shutdown): Promise<HostedSpace> {
  const { name, directory, envKey, fixedTokens, switches, limits, inFlight, wrongKeys, env, secrets } =
    options;
  makeDataFolder(directory);
  const settings = new SpaceSettings({ directory, envKey, fixedTokens });
  const versions = new Versions(directory);
  const logError = (text: string) => log({ level: 'error', text });
  const storage = openStorage({ directory, switches, durability: options.durability, log: logError });
  shutdown.push(() => storage.close());
  if (switches.restart === 'losesJobs') await storage.queue.clear();
  const redactor = new Redactor();
  const book = new LogBook({ directory, redactor });
  shutdown.push(() => book.close());
  const knowSecrets = () =>
    redactor.know([
      ...secrets,
      ...settings.tokens.map(({ token }) => token),
      ...settings.encryptedValues(),
      ...secretValues({ ...env, ...settings.variables() }),
    ]);
  knowSecrets();

  const connection = storage.connection();
  const seen = asPlatform(connection, switches);
  const wrapped = options.wrapConnection?.(seen) ?? seen;
  const activity = new Activity();
  const usage: Usage = { requests: 0, jobs: 0, durationMs: 0 };
  const log: Log = (entry) => {
    book.add(entry);
    // Not as a part of the app: what is printed now is in the log already.
    currentInvocation.exit(() => options.log(entry));
  };
  const refusals = new RefusalCounts(log);
  shutdown.push(() => refusals.close());
  const services: AppServices = {
    basePath: `/${name}`,
    connection: withholdFromEndedHandlers(wrapped, switches.afterResponse === 'stops'),
    durable: storage.durable,
    tokens: () => settings.tokens,
    switches,
    limits,
    inFlight,
    wrongKeys,
    refusals,
    activity,
    usage,
    log,
    appLog: (entry) => book.add(entry),
  };

  const source = options.app ?? bundleSource(versions.activeBundle());
  const app = await prepareApp(source, { ...env, ...settings.variables() }, services);
  const dispatcher = new Dispatcher({
    queue: storage.queue,
    switches,
    log: (text) => log({ level: 'warn', context: 'queuehooks', text }),
    // Who waits for an answer goes before what waits in the queue.
    maxAtOnce: Math.max(1, Math.floor(heapShareBytes / limits.maxBodyBytes)),
    isBusy: () => inFlight.openRequests > maxRequestsBesideJobs,
  });
  const ownerConnection = durableConnection(connection, storage.durable);
  const parts = { name, storage, connection: ownerConnection, settings, versions, book, usage, dispatcher };
  const space: HostedSpace = new HostedSpace({ ...parts, services, app, env, knowSecrets, log });
  shutdown.push(() => space.unload());
  if (options.app !== undefined) {
    // A version that was deployed had its hook then.
    await app.runStartupHook();
  }
  shutdown.push((limitMs) => pause(limitMs, activity.idle()));
  app.registerWorkers(dispatcher);
  dispatcher.start();
  shutdown.push((limitMs) => dispatcher.stop(limitMs));
  app.cron.start();
  shutdown.push(() => space.stopClock());
  return space;
}

function bundleSource(file: string | undefined): AppSource | undefined {
  return file === undefined ? undefined : { kind: 'bundle', file };
}
