import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { config } from 'dotenv';
import type { AppSource } from './runtime/app-source';
import { compileBundle } from './runtime/compile-bundle';
import { describeError } from './runtime/log';
import { type Space, startSpace } from './space';
import { readCommandLine, type StartOptions, usage } from './start/command-line';
import { keepSecret, makeDataFolder } from './start/data-folder';
import { removeSpaceFile, writeSpaceFile } from './start/space-file';
import { welcome } from './start/welcome';
import { StartError } from './start-error';

// What `npm start` runs: the app of this project in a local space.

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

async function main(): Promise<void> {
  config({ quiet: true });
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options === 'help') {
    console.log(usage);
    return;
  }
  const directory = resolve(options.directory);
  makeDataFolder(directory);
  const apiKey = options.apiKey ?? keepSecret(directory, 'api-key', () => randomBytes(24).toString('hex'));
  const signingKey =
    options.signingKey === undefined
      ? keepSecret(directory, 'signing-key', () => `key-${randomBytes(16).toString('hex')}`)
      : undefined;
  const space = await startSpace({
    directory,
    host: options.host,
    port: options.port,
    apiKey,
    env: spaceVariables(signingKey),
    quirks: options.quirks,
    app: await findApp(options, directory),
  });
  const url = `http://${nameOf(options.host)}:${space.port}/dev`;
  writeSpaceFile(directory, { url, apiKey, ...(signingKey && { signingKey }), pid: process.pid });
  console.log(welcome({ url, apiKey, signingKey, manifest: space.manifest, directory }));
  stopOnSignal(space, directory);
}

async function findApp({ bundle, entry }: StartOptions, directory: string): Promise<AppSource> {
  if (!bundle) {
    return { kind: 'sources', entry: resolve(projectRoot, entry) };
  }
  console.log('Compiling the app as coho would ...');
  return { kind: 'bundle', file: await compileBundle(projectRoot, join(directory, 'bundle.js')) };
}

/** The environment of this process stands in for what `coho set-env` sets. */
function spaceVariables(signingKey: string | undefined): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) {
      variables[name] = value;
    }
  }
  if (signingKey !== undefined) {
    variables.MAILGUN_WEBHOOK_SIGNING_KEY = signingKey;
  }
  return variables;
}

/** How a browser on this machine reaches the host that the server listens on. */
function nameOf(host: string): string {
  const local = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
  return local ? 'localhost' : host.includes(':') ? `[${host}]` : host;
}

/**
 * The first signal lets running handlers and jobs finish, a later one ends the process at once. npm and tsx
 * pass a Ctrl-C on that the terminal has already sent to all of them: what comes together is one signal.
 */
function stopOnSignal(space: Space, directory: string): void {
  let firstAt: number | undefined;
  const stop = () => {
    if (firstAt !== undefined) {
      if (performance.now() - firstAt > 500) {
        process.exit(1);
      }
      return;
    }
    firstAt = performance.now();
    console.log('Stopping; once more to stop at once.');
    removeSpaceFile(directory);
    space.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(describeError(error));
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

// An error in a callback that nobody awaits would end the process; the platform keeps serving, presumably.
process.on('uncaughtException', (error) => console.error(`Uncaught: ${describeError(error)}`));
process.on('unhandledRejection', (reason) => console.error(`Unhandled: ${describeError(reason)}`));
// Nor is it a reason to end that nobody reads any more what is printed.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

main().catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : describeError(error));
  process.exit(1);
});
