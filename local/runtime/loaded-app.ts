import type { Connection } from '../connection';
import type { Quirks } from '../switches/quirks';
import type { Log } from './log';
import type { Manifest } from './manifest';

/** What an app finds around it when it loads. */
export interface AppSurroundings {
  /** What `Datastore.open()` of the app does. */
  open: () => Promise<Connection>;
  /** The variables of the space. */
  env: Readonly<Record<string, string>>;
  quirks: Pick<Quirks, 'envInjection' | 'instances' | 'intervals' | 'workerTimers' | 'immediate'>;
  /** Takes what a bundle prints while it loads; default: nobody. */
  appLog?: Log;
}

/** A loaded app: one manifest per instance. */
export interface LoadedApp {
  instances: readonly [Manifest, ...Manifest[]];
  /** Changes a variable of the running app, or removes it (`undefined`). What the app has read before stays. */
  setVariable: (name: string, value: string | undefined) => void;
  /** Takes back what loading has changed in this process. */
  unload: () => void;
}
