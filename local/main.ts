import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { config } from 'dotenv';
import { makeDataFolder } from './files/data-folder';
import { keepSecret } from './files/secret-file';
import { Versions } from './host/versions';
import type { AppSource } from './runtime/app-source';
import { compileBundle } from './runtime/compile-bundle';
import { describeError } from './runtime/log';
import { type Space, startSpace } from './space';
import { readCommandLine, type StartOptions, usage } from './start/command-line';
import { explainFailure } from './start/explain-failure';
import { removeSpaceFile, writeSpaceFile } from './start/space-file';
import { welcome } from './start/welcome';

// What `npm start` runs: the app of the folder in a local space.

const projectRoot = process.cwd();

/** Where the entry of an app usually is; the first that is there counts. */
const usualEntries = ['src/index.ts', 'index.ts', 'index.js'];

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
  const adminToken =
    options.adminToken ?? keepSecret(directory, 'admin-token', () => randomBytes(32).toString('hex'));
  const app = await findApp(options, directory);
  const space = await startSpace({
    directory,
    host: options.host,
    port: options.port,
    apiKey,
    env: spaceVariables(signingKey),
    quirks: options.quirks,
    durability: options.durability,
    adminToken,
    ...(options.adminHost !== undefined && { adminHost: options.adminHost }),
    secrets: [apiKey, ...(signingKey ? [signingKey] : [])],
    ...(app.source && { app: app.source }),
  });
  const url = `http://${nameOf(options.host)}:${space.port}/dev`;
  const { project, manifest } = space;
  // The owner's key counts, so that nobody should be told to sign with the one that was made.
  const shownKey = space.hasVariable('MAILGUN_WEBHOOK_SIGNING_KEY') ? undefined : signingKey;
  writeSpaceFile(directory, {
    url,
    apiKey,
    ...(shownKey && { signingKey: shownKey }),
    adminToken,
    project,
    pid: process.pid,
  });
  console.log(welcome({ url, apiKey, adminToken, app: app.name, signingKey: shownKey, manifest, directory }));
  stopOnSignal(space, directory);
}

/** What runs, and how the welcome calls it; no source stands for what was deployed. */
async function findApp(
  { run, entry }: StartOptions,
  directory: string,
): Promise<{ source?: AppSource; name: string }> {
  const deployed = run === 'deployed' ? new Versions(directory).active() : undefined;
  if (deployed !== undefined) {
    const date = deployed.headers['x-date'] ?? 'an unknown date';
    return {
      name: `version ${deployed._id}, deployed ${date}  (npm start -- --sources runs the sources)`,
    };
  }
  if (run === 'bundle') {
    console.log('Compiling the app as coho would ...');
    const file = await compileBundle(projectRoot, join(directory, 'bundle.js'));
    return { source: { kind: 'bundle', file }, name: 'compiled from the sources' };
  }
  const found = entry ?? usualEntries.find((name) => existsSync(join(projectRoot, name)));
  if (found === undefined) {
    return { name: 'none yet; deploy one with the CLI' };
  }
  return { source: { kind: 'sources', entry: resolve(projectRoot, found) }, name: `the sources, ${found}` };
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
  const directory = resolve(process.env.SPACE_DIR || '.space');
  console.error(explainFailure(error, directory) ?? describeError(error));
  process.exit(1);
});
