import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { Connection } from '../connection';
import { captureGlobalConsole } from './app-console';
import { AppLoadError } from './app-load-error';
import { importTexts } from './import-texts';
import type { AppSurroundings, LoadedApp } from './loaded-app';
import { describeError } from './log';
import { parseManifest } from './manifest';
import { replaceEnvironment, setOrRemove } from './replace-environment';
import { requireTexts } from './require-texts';

/** What `Datastore.open()` does for the sources of this process; codehooks-js keeps the global it finds. */
let openCurrent: (() => Promise<Connection>) | null = null;

const datastore = {
  open: (): Promise<Connection> =>
    openCurrent?.() ?? Promise.reject(new Error('No local space runs in this process.')),
  close: (): void => {},
};

const appSchema = v.object({ app: v.object({ setDatastore: v.function() }) });

let prepared = false;

/**
 * Imports an app from its sources. Modules are evaluated once per process, so that a process runs one such
 * app at a time; a space that starts it again finds the same modules, with the state they have.
 * @throws {AppLoadError} with one sentence that says why the app cannot run.
 */
export async function loadSources(entry: string, { open, env, quirks }: AppSurroundings): Promise<LoadedApp> {
  if (openCurrent !== null) {
    throw new AppLoadError('This process already runs an app from its sources; stop it first.');
  }
  if (!prepared) {
    prepared = true;
    Object.assign(globalThis, { DB: datastore, Datastore: datastore });
    importTexts();
    requireTexts();
  }
  const changed = new Set<string>();
  const before = { ...process.env };
  const restoreConsole = captureGlobalConsole();
  let restoreEnvironment = quirks.envInjection === 'beforeLoad' ? replaceEnvironment(env) : () => {};
  const unload = () => {
    openCurrent = null;
    restoreEnvironment();
    for (const name of changed) {
      setOrRemove(process.env, name, before[name]);
    }
    restoreConsole();
  };
  openCurrent = open;
  try {
    const exported = await importDefault(entry);
    const instance = parseManifest(exported);
    // For a codehooks-js that was imported before the globals were there, and for crudlify.
    if (v.is(appSchema, exported)) {
      exported.app.setDatastore(await open());
    }
    if (quirks.envInjection === 'afterLoad') {
      restoreEnvironment = replaceEnvironment(env);
    }
    const setVariable: LoadedApp['setVariable'] = (name, value) => {
      changed.add(name);
      setOrRemove(process.env, name, value);
    };
    return { instances: [instance], setVariable, unload };
  } catch (error) {
    unload();
    throw error;
  }
}

async function importDefault(entry: string): Promise<unknown> {
  try {
    const module: { default?: unknown } = await import(pathToFileURL(resolve(entry)).href);
    return module.default;
  } catch (error) {
    throw new AppLoadError(`The app fails while it loads: ${describeError(error)}`);
  }
}
