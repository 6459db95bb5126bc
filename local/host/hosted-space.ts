import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from '../connection';
import { addressOf, networkOf } from '../http/address';
import { CallLimit } from '../http/call-limit';
import { Refusal } from '../http/refusal';
import { refuse } from '../http/refuse';
import type { LogBook } from '../log/log-book';
import type { RefusalCounts } from '../log/refusal-counts';
import type { Dispatcher } from '../queue';
import type { AppSource } from '../runtime/app-source';
import { assertRegistersSomething } from '../runtime/empty-manifest';
import { describeError, type Log } from '../runtime/log';
import type { Manifest } from '../runtime/manifest';
import type { Usage } from '../runtime/usage';
import { SettingError } from '../settings/setting-error';
import type { SpaceSettings } from '../settings/space-settings';
import type { Storage } from '../storage';
import { type AppServices, prepareApp, type RunningApp } from './running-app';
import type { Version, Versions } from './versions';

/** How long a space may refuse what comes after a deployment. */
const settlingMs = 2000;

export interface HostedSpaceParts {
  /** The space's name, which begins every path. */
  readonly name: string;
  readonly storage: Storage;
  /** The storage as the app sees it, but without the switches of a handler and without a wrapper. */
  readonly connection: Connection;
  readonly settings: SpaceSettings;
  readonly versions: Versions;
  readonly book: LogBook;
  readonly usage: Usage;
  readonly dispatcher: Dispatcher;
  readonly services: AppServices;
  /** The app that runs already. */
  readonly app: RunningApp;
  /** Variables beside those that the owner sets with the CLI. */
  readonly env: Readonly<Record<string, string>>;
  /** Tells the log anew what it must not show. */
  readonly knowSecrets: () => void;
  readonly log: Log;
}

/** One space: its storage, its settings, its log, and the app that runs in it, which can be replaced. */
export class HostedSpace {
  readonly name: string;
  readonly storage: Storage;
  readonly connection: Connection;
  readonly settings: SpaceSettings;
  readonly versions: Versions;
  readonly book: LogBook;
  /** Counts what is refused before the app sees it. */
  readonly refusals: RefusalCounts;
  readonly usage: Usage;
  readonly since = new Date();
  readonly #parts: HostedSpaceParts;
  /** Writes a line to the log of the space, and prints it. */
  readonly log: Log;
  #app: RunningApp;
  /** Until when the space refuses what comes, on the clock of `performance`. */
  #settledAt = 0;
  readonly #callLimit: CallLimit;
  readonly #replaced: RunningApp[] = [];
  /** Changes of the app come one after the other. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(parts: HostedSpaceParts) {
    this.name = parts.name;
    this.storage = parts.storage;
    this.connection = parts.connection;
    this.settings = parts.settings;
    this.versions = parts.versions;
    this.book = parts.book;
    this.refusals = parts.services.refusals;
    this.usage = parts.usage;
    this.#parts = parts;
    this.log = parts.log;
    this.#app = parts.app;
    this.#callLimit = new CallLimit(parts.services.limits.callsPerMinute);
  }

  get manifest(): Manifest {
    return this.#app.manifest;
  }

  /** Serves a request for a route of the app. */
  handle(raw: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#refusalFor(raw);
    if (refusal !== null) {
      this.refusals.add(refusal.kind, networkOf(raw.socket));
      refuse(raw, response, refusal);
      return;
    }
    this.#app.handle(raw, response);
  }

  /** Why the space serves nobody, or not this sender, just now. */
  #refusalFor(raw: IncomingMessage): Refusal | null {
    const { allowedHosts } = this.settings;
    if (allowedHosts.length > 0 && !allowedHosts.includes(addressOf(raw.socket)))
      return new Refusal(403, 'forbidden', 'This address is not in the list of the space.', {
        kind: 'address that is not in the list',
      });
    if (performance.now() < this.#settledAt)
      return new Refusal(401, 'Authentication failed', 'The space was deployed just now.', {
        kind: 'just after a deployment',
      });
    if (!this.#callLimit.admits())
      return new Refusal(
        429,
        'too_many_requests',
        'The plan of this space allows no more calls in this minute.',
      );
    return null;
  }

  /** Runs every scheduled job now, or the one with this expression, and resolves when they are over. */
  runJobs(expression?: string): Promise<void> {
    return this.#app.cron.runNow(expression);
  }

  /**
   * Deploys a bundle: what runs comes to its end on the old code, everything that starts afterwards runs on
   * the new.
   * @param headers who deploys what, for the history.
   * @returns the id of the new version.
   * @throws {AppLoadError} with one sentence that says why the app cannot run; the old version goes on.
   */
  deploy(bundle: string, headers: Version['headers']): Promise<string> {
    return this.#change(async () => {
      const id = this.versions.stage(bundle);
      try {
        const app = await this.#prepare({ kind: 'bundle', file: this.versions.fileOf(id) });
        assertRegistersSomething(app.manifest);
        await app.runStartupHook();
        this.versions.activate(id, headers);
        this.#replaceApp(app);
      } catch (error) {
        this.versions.discard(id);
        throw error;
      }
      this.log({ level: 'info', text: `Deployed version ${id}.` });
      return id;
    });
  }

  /**
   * Goes back to the previous version.
   * @throws {SettingError} when there is none.
   */
  rollBack(): Promise<Version> {
    return this.#change(async () => {
      const version = this.versions.previous();
      if (version === undefined) {
        throw new SettingError(
          'There is no earlier version to go back to; undeploy removes the one that runs.',
        );
      }
      const app = await this.#prepare({ kind: 'bundle', file: this.versions.fileOf(version._id) });
      await app.runStartupHook();
      this.versions.stepBack();
      this.#replaceApp(app);
      this.log({ level: 'info', text: `Rolled back to version ${version._id}.` });
      return version;
    });
  }

  /** Runs no app any more, until the next deploy. Jobs that wait are kept for it. */
  undeploy(): Promise<void> {
    return this.#change(async () => {
      this.versions.undeploy();
      this.#replaceApp(await this.#prepare(undefined));
      this.log({ level: 'info', text: 'Undeployed: no app runs in this space.' });
    });
  }

  /** Sets a variable; the app finds it when it next looks. */
  setVariable(name: string, value: string, encrypted: boolean): void {
    this.settings.setVariable(name, value, encrypted);
    this.#parts.knowSecrets();
    this.#app.setVariable(name, value);
  }

  /** Removes a variable that was set, so that the one beneath is seen again, if there is one. */
  removeVariable(name: string): void {
    this.settings.removeVariable(name);
    this.#app.setVariable(name, this.#parts.env[name]);
  }

  /** Makes a token that the log will never show. */
  addToken(...args: Parameters<SpaceSettings['addToken']>): ReturnType<SpaceSettings['addToken']> {
    const token = this.settings.addToken(...args);
    this.#parts.knowSecrets();
    return token;
  }

  /** Stops the clock of the app that runs. */
  stopClock(): void {
    this.#app.cron.stop();
  }

  /** Takes back what loading the apps has changed in this process. */
  unload(): void {
    for (const app of [...this.#replaced, this.#app]) {
      app.unload();
    }
  }

  #prepare(source: AppSource | undefined): Promise<RunningApp> {
    return prepareApp(source, { ...this.#parts.env, ...this.settings.variables() }, this.#parts.services);
  }

  /** In one turn of the event loop: no request and no job sees half of it. */
  #replaceApp(app: RunningApp): void {
    const { dispatcher, services, storage } = this.#parts;
    const old = this.#app;
    old.cron.stop();
    for (const topic of old.topics) {
      if (!app.topics.has(topic) || services.switches.restart === 'losesJobs') {
        dispatcher.retire(topic);
      }
    }
    if (services.switches.restart === 'losesJobs') {
      storage.queue.clear().catch((error: unknown) => {
        this.log({ level: 'error', text: `Jobs that wait were not removed: ${describeError(error)}` });
      });
    }
    if (services.switches.afterDeploy === 'refuses') this.#settledAt = performance.now() + settlingMs;
    this.#app = app;
    // Its functions may still run, with what they found when it was loaded.
    this.#replaced.push(old);
    app.registerWorkers(dispatcher);
    app.cron.start();
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => {});
    return result;
  }
}
