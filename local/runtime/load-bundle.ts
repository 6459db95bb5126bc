import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import * as v from 'valibot';
import { createAppConsole } from './app-console';
import { AppLoadError } from './app-load-error';
import { appTimers } from './app-timers';
import type { AppSurroundings } from './loaded-app';
import { describeError } from './log';
import { type Manifest, parseManifest } from './manifest';

/** What the platform's template puts before a bundle; on one line, so that line numbers stay. */
const prologue =
  'let DB = null; let Datastore = null; let _datastore = null; ' +
  "DB = Datastore = { open(ds = 'dev') { return _datastore.open({ datastore: ds }); }, close() {} };";

/** What the platform's template puts after a bundle. */
const epilogue = `
module.exports = {
  code: EntryPoint,
  setEnv: (env) => { process.env = env; },
  setDataStore: (ds) => { _datastore = ds; },
};`;

const exportsSchema = v.object({
  code: v.unknown(),
  setEnv: v.function(),
  setDataStore: v.function(),
});

/** The packages that a bundle leaves to the platform (`ajv`, `lodash`, ...) come from this project. */
const requireFromProject = createRequire(import.meta.url);

/** The timers that a bundle finds, in their order among what it is given. */
const timers = ['setTimeout', 'setInterval', 'setImmediate'] as const;

/** The bundle that was compiled last, for the next instance of it. */
let compiled: { file: string; source: string; script: Script } | undefined;

/** A function that evaluates a bundle, given what it finds as its surroundings. */
function compile(file: string, source: string): (...surroundings: unknown[]) => void {
  if (compiled?.file !== file || compiled.source !== source) {
    const names = ['module', 'exports', 'require', 'process', 'console', ...timers];
    const wrapped = `(function (${names.join(', ')}) { ${prologue} ${source}\n${epilogue}\n})`;
    compiled = { file, source, script: new Script(wrapped, { filename: file }) };
  }
  return v.parse(v.function(), compiled.script.runInThisContext());
}

/** A compiled app, evaluated. */
export interface LoadedBundle {
  manifest: Manifest;
  /** The variables that its `process.env` holds. */
  env: Record<string, string | undefined>;
}

/**
 * Evaluates a compiled app, each time anew: two instances share no module state. Each has a `process.env`
 * of its own, which holds the variables of the space and nothing else, as on the platform.
 * @throws {AppLoadError} with one sentence that says why the app cannot run.
 */
export async function loadBundle(
  file: string,
  { open, env, quirks, appLog = () => {} }: AppSurroundings,
): Promise<LoadedBundle> {
  const source = await readFile(file, 'utf8').catch(() => {
    throw new AppLoadError(`The bundle ${file} cannot be read.`);
  });
  const ownEnv: Record<string, string | undefined> = { ...env };
  const ownProcess: unknown = Object.create(process, {
    env: { value: quirks.envInjection === 'beforeLoad' ? ownEnv : {}, writable: true, enumerable: true },
    exit: {
      value: () => {
        throw new Error('An app cannot end the process that it runs in.');
      },
    },
  });
  const module: { exports: unknown } = { exports: {} };
  try {
    const evaluate = compile(file, source);
    const ownConsole = createAppConsole(appLog);
    const ownTimers = appTimers(quirks);
    const given = timers.map((name) => ownTimers[name]);
    evaluate(module, module.exports, requireFromProject, ownProcess, ownConsole, ...given);
  } catch (error) {
    throw new AppLoadError(`The app fails while it loads: ${describeError(error)}`);
  }
  const { code, setEnv, setDataStore } = v.parse(exportsSchema, module.exports);
  if (code instanceof Promise) {
    code.catch(() => {});
    throw new AppLoadError(
      'The app uses top-level await, so that its bundle is a promise, which the platform cannot run.',
    );
  }
  setDataStore({ open });
  setEnv(ownEnv);
  const exported = typeof code === 'object' && code !== null && 'default' in code ? code.default : undefined;
  return { manifest: parseManifest(exported), env: ownEnv };
}
