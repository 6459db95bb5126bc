import { AppLoadError } from './app-load-error';
import type { Manifest } from './manifest';

/** The manifest of a space without an app: every route answers 404. */
export const noApp: Manifest = {
  routehooks: {},
  authhooks: {},
  globalhooks: [],
  workerhooks: {},
  queuehooks: {},
  jobhooks: {},
  settings: {},
};

/**
 * Refuses an app that does nothing: most likely its author exported the wrong thing.
 * @throws {AppLoadError} with one sentence.
 */
export function assertRegistersSomething(manifest: Manifest): void {
  const { routehooks, workerhooks, queuehooks, jobhooks, startup } = manifest;
  const registered = [routehooks, workerhooks, queuehooks, jobhooks].some(
    (hooks) => Object.keys(hooks).length > 0,
  );
  if (!registered && startup === undefined) {
    throw new AppLoadError(
      'The app registers nothing: no route, no worker, no queue and no job. Register them on the `app` of codehooks-js before `export default app.init();`.',
    );
  }
}
