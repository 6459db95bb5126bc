import { describeError } from '../runtime/log';
import type { Space } from '../space';
import { removeSpaceFile } from './space-file';

/** Signals that come within this time are one: npm and tsx pass on a Ctrl-C that the terminal sent to all. */
const oneSignalMs = 500;

let running: { readonly space: Space; readonly directory: string } | undefined;
let stopping: Promise<void> | undefined;
let exitCode = 0;

/**
 * Decides when this process ends. From now on, an exception that nobody catches ends it with code 1: at once, or,
 * when a space runs, after its storage is closed. An unhandled rejection, which is one of the app in most cases,
 * is written to the log, and the space goes on.
 */
export function watchProcess(): void {
  process.on('uncaughtException', (error) => {
    exitCode = 1;
    writeLine(`The local space ends after an exception that nobody caught: ${describeError(error)}`);
    if (running === undefined) process.exit(1);
    void stop(running.space, running.directory);
  });
  process.on('unhandledRejection', (reason) =>
    writeLine(`A rejection that nobody handled; the space goes on: ${describeError(reason)}`),
  );
  // A reader of the output that has gone away is no reason to end.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}

/**
 * Stops a space at the first signal, so that running handlers and jobs finish. A later signal ends the process at
 * once.
 */
export function stopOnSignal(space: Space, directory: string): void {
  running = { space, directory };
  let firstAt: number | undefined;
  const onSignal = () => {
    if (firstAt !== undefined) {
      if (performance.now() - firstAt > oneSignalMs) process.exit(1);
      return;
    }
    firstAt = performance.now();
    console.log('Stopping; once more to stop at once.');
    void stop(space, directory);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** Stops the space and ends the process; a second call changes nothing. */
function stop(space: Space, directory: string): Promise<void> {
  stopping ??= (async () => {
    try {
      removeSpaceFile(directory);
      await space.stop();
    } catch (error) {
      exitCode = 1;
      console.error(`The local space could not stop in order: ${describeError(error)}`);
    }
    process.exit(exitCode);
  })();
  return stopping;
}

/** Writes a line to the log of the space, which prints it too; before there is one, it is only printed. */
function writeLine(text: string): void {
  if (running === undefined) console.error(text);
  else running.space.writeLog({ level: 'error', text });
}
