import * as v from 'valibot';
import { AppLoadError } from './app-load-error';

const functions = v.array(v.function());
const functionsByKey = v.optional(v.record(v.string(), functions), {});

const manifestSchema = v.object({
  routehooks: functionsByKey,
  authhooks: functionsByKey,
  globalhooks: v.optional(
    v.array(
      v.union([
        v.function(),
        v.object({ path: v.string(), func: v.function() }),
        v.object({ regex: v.string(), func: v.function() }),
      ]),
    ),
    [],
  ),
  workerhooks: functionsByKey,
  queuehooks: functionsByKey,
  jobhooks: functionsByKey,
  settings: v.optional(v.record(v.string(), v.unknown()), {}),
  startup: v.optional(v.function()),
});

/** What `app.init()` returns, as far as a space uses it: the functions of the app by kind and key. */
export type Manifest = v.InferOutput<typeof manifestSchema>;

/**
 * Reads the default export of an app.
 * @throws {AppLoadError} with one sentence that says what is wrong with it.
 */
export function parseManifest(exported: unknown): Manifest {
  if (exported === undefined || exported === null) {
    throw new AppLoadError('The app has no default export: end its entry with `export default app.init();`.');
  }
  if (exported instanceof Promise) {
    throw new AppLoadError(
      'The default export of the app is a promise: export the result of `app.init()` itself.',
    );
  }
  if (typeof exported !== 'object' || !('routehooks' in exported)) {
    throw new AppLoadError('The default export of the app is not what `app.init()` returns.');
  }
  const parsed = v.safeParse(manifestSchema, exported);
  if (parsed.success) {
    return parsed.output;
  }
  const [issue] = parsed.issues;
  throw new AppLoadError(
    `The app registers something that is not a function: ${v.getDotPath(issue) ?? 'manifest'} (${issue.message}).`,
  );
}
