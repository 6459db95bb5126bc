import { randomBytes } from 'node:crypto';
import { AdminServer } from './admin/admin-server';
import type { Connection } from './connection';
import { makeDataFolder } from './files/data-folder';
import { lockDirectory } from './files/directory-lock';
import { keepSecret } from './files/secret-file';
import { explainListenError } from './host/listen-error';
import { Shutdown } from './host/shutdown';
import { SpaceHost } from './host/space-host';
import { InFlight } from './http/in-flight';
import { defaultLimits, freeCallsPerMinute, type Limits } from './http/limits';
import { listen } from './http/server';
import type { Token } from './http/token';
import { WrongKeys } from './http/wrong-keys';
import type { AppSource } from './runtime/app-source';
import { type Log, logToConsole } from './runtime/log';
import type { Manifest } from './runtime/manifest';
import type { Durability, Storage } from './storage';
import { type Switches, usual } from './switches/switches';

export interface SpaceOptions {
  /** The data folder; made when it is not there. */
  directory: string;
  /** What runs; default: the version that was deployed last, or nothing if there is none. */
  app?: AppSource;
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
  /** The variables of the space beside those that `coho set-env` has set, which win. */
  env?: Readonly<Record<string, string>>;
  /** What the owner's endpoints ask for; default: made once and kept in the data folder. */
  adminToken?: string;
  /** The address of this machine at which the owner's endpoints answer, beside loopback; `0.0.0.0` for all. */
  adminHost?: string;
  /** What the log must not show, beside tokens and secret variables. */
  secrets?: readonly string[];
  /** Default: what is known of the platform, and the harshest answer where nothing is. */
  switches?: Partial<Switches>;
  /** What an answer survives: the loss of power (`disk`, the default) or the death of the process (`process`). */
  durability?: Durability;
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
  /** What the owner's endpoints ask for. */
  adminToken: string;
  /** The name of the project that the space belongs to. */
  project: string;
  /** The space's storage as the app sees it, but without the app's switches of a handler and without a wrapper. */
  connection: Connection;
  storage: Storage;
  /** What the app that runs now has registered. */
  readonly manifest: Manifest;
  /** Writes a line to the log of the space, and prints it. */
  readonly writeLog: Log;
  /** Whether the owner has set a variable with the CLI. */
  hasVariable(name: string): boolean;
  /** Runs the app's scheduled jobs now, all or those of one expression; resolves when they are over. */
  runJobs(expression?: string): Promise<void>;
  /** From now on no job starts by the time of day, until the app is replaced; `runJobs` still runs them. */
  stopClock(): void;
  /**
   * Accepts nothing new, lets what runs come to its end for up to `limitMs` (default 10000), and closes the
   * storage. What waits in the queues stays there for the next start.
   */
  stop(limitMs?: number): Promise<void>;
}

/** The project of a data folder, until its owner makes others. */
const firstProject = 'local';

const defaultStopLimitMs = 10_000;

/**
 * Starts a space: storage, app, workers, clock and HTTP server.
 * @throws {StartError} with one sentence, when the folder, the port or the app does not allow it; nothing is
 *   left running then.
 */
export async function startSpace(options: SpaceOptions): Promise<Space> {
  const shutdown = new Shutdown();
  try {
    return await assemble(options, shutdown);
  } catch (error) {
    await shutdown.run(0);
    throw error;
  }
}

async function assemble(options: SpaceOptions, shutdown: Shutdown): Promise<Space> {
  const { directory, host = '127.0.0.1', port = 0, spaceName = 'dev', log = logToConsole } = options;
  const apiKey = options.apiKey ?? randomBytes(24).toString('hex');
  const switches: Switches = { ...usual, ...options.switches };
  const ofPlan = switches.plan === 'free' ? { callsPerMinute: freeCallsPerMinute } : {};
  const limits: Limits = { ...defaultLimits, ...ofPlan, ...options.limits };
  makeDataFolder(directory);
  shutdown.push(lockDirectory(directory));
  const makeSecret = () => randomBytes(32).toString('hex');
  const adminToken = options.adminToken ?? keepSecret(directory, 'admin-token', makeSecret);
  const wrongKeys = new WrongKeys(limits.wrongKeyDelayMs);
  const spaces = new SpaceHost({
    directory,
    first: {
      project: firstProject,
      space: {
        name: spaceName,
        directory,
        app: options.app,
        fixedTokens: [
          { token: apiKey, access: 'READWRITE', description: '' },
          ...(options.tokens ?? []).map((token) => ({ ...token, description: '' })),
        ],
        env: options.env ?? {},
        envKey: keepSecret(directory, 'env-key', makeSecret),
        secrets: [adminToken, ...(options.secrets ?? [])],
        switches,
        durability: options.durability ?? 'disk',
        limits,
        inFlight: new InFlight(limits),
        wrongKeys,
        log,
        wrapConnection: options.wrapConnection,
      },
    },
  });
  const space = await spaces.open(shutdown);
  const { refusals } = space;
  const { adminHost } = options;
  const admin = new AdminServer({ spaces, adminToken, adminHost, wrongKeys, refusals, log });
  const server = await listen({
    host,
    port,
    limits,
    onRequest: (raw, response) => spaces.serve(raw, response, admin.serve),
    onRefused: (kind, address) => refusals.add(kind, address),
  }).catch((error: unknown) => {
    throw explainListenError(error, host, port);
  });
  shutdown.push((limitMs) => server.close(limitMs));
  // Before the server waits for its connections: those of the log never end by themselves.
  shutdown.push(() => admin.close());
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}/${spaceName}`,
    port: server.port,
    apiKey,
    adminToken,
    project: firstProject,
    connection: space.connection,
    storage: space.storage,
    get manifest() {
      return space.manifest;
    },
    writeLog: space.log,
    hasVariable: (name) => name in space.settings.variables(),
    runJobs: (expression) => space.runJobs(expression),
    stopClock: () => space.stopClock(),
    stop: (limitMs = defaultStopLimitMs) => shutdown.run(limitMs),
  };
}
