import { type LoadedBundle, loadBundle } from './load-bundle';
import { loadSources } from './load-sources';
import type { AppSurroundings, LoadedApp } from './loaded-app';
import { setOrRemove } from './replace-environment';

/** Where the app of a space comes from. */
export type AppSource =
  /** The module that default-exports `app.init()`, loaded as it is: for development. */
  | { kind: 'sources'; entry: string }
  /** The file that `coho deploy` would send, evaluated as the platform does. */
  | { kind: 'bundle'; file: string };

/**
 * Loads an app. Only a bundle can have several instances, as the modules of sources exist once per process.
 * @throws {AppLoadError} with one sentence that says why the app cannot run.
 */
export async function loadApp(source: AppSource, surroundings: AppSurroundings): Promise<LoadedApp> {
  if (source.kind === 'sources') {
    return loadSources(source.entry, surroundings);
  }
  const first = await loadBundle(source.file, surroundings);
  const all: [LoadedBundle, ...LoadedBundle[]] = [first];
  while (all.length < surroundings.switches.instances) {
    all.push(await loadBundle(source.file, surroundings));
  }
  const [, ...others] = all;
  return {
    instances: [first.manifest, ...others.map(({ manifest }) => manifest)],
    setVariable: (name, value) => {
      for (const { env } of all) {
        setOrRemove(env, name, value);
      }
    },
    unload: () => {},
  };
}
