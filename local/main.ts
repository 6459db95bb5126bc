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
import { startSpace } from './space';
import { readCommandLine, type StartOptions, usage } from './start/command-line';
import { stopOnSignal, watchProcess } from './start/end-of-process';
import { explainFailure } from './start/explain-failure';
import { type DevelopmentSecret, fieldOf, fileOf, readProjectConfig } from './start/project-config';
import { writeSpaceFile } from './start/space-file';
import { type MadeSecret, welcome } from './start/welcome';

// What `npm start` runs: the app of the folder in a local space.

const projectRoot = process.cwd();

/** Where the entry of an app usually is; the first that is there counts. */
const usualEntries = ['src/index.ts', 'index.ts', 'index.js'];

async function main(): Promise<void> {
  config({ quiet: true });
  const options = readCommandLine(process.argv.slice(2), process.env);
  const project = readProjectConfig(projectRoot);
  if (options === 'help') {
    console.log(usage(project.secrets.map(({ variable }) => variable)));
    return;
  }
  const directory = resolve(options.directory);
  makeDataFolder(directory);
  const apiKey = options.apiKey ?? keepSecret(directory, 'api-key', () => randomBytes(24).toString('hex'));
  const secrets = project.secrets
    .filter(({ variable }) => !process.env[variable])
    .map((secret) => makeSecret(directory, secret));
  const adminToken =
    options.adminToken ?? keepSecret(directory, 'admin-token', () => randomBytes(32).toString('hex'));
  const app = await findApp(options, directory);
  const space = await startSpace({
    directory,
    host: options.host,
    port: options.port,
    apiKey,
    env: spaceVariables(secrets),
    switches: options.switches,
    durability: options.durability,
    adminToken,
    ...(options.adminHost !== undefined && { adminHost: options.adminHost }),
    secrets: [apiKey, ...secrets.map(({ value }) => value)],
    ...(app.source && { app: app.source }),
  });
  const url = `http://${nameOf(options.host)}:${space.port}/dev`;
  // What the owner has set with the CLI counts, so that nobody should be told to use what was made.
  const shown = secrets.filter(({ variable }) => !space.hasVariable(variable));
  writeSpaceFile(directory, {
    url,
    apiKey,
    ...Object.fromEntries(shown.map((secret) => [fieldOf(secret), secret.value])),
    adminToken,
    project: space.project,
    pid: process.pid,
  });
  const { manifest } = space;
  console.log(
    welcome({ url, apiKey, adminToken, app: app.name, secrets: shown, config: project, manifest, directory }),
  );
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
function spaceVariables(secrets: readonly MadeSecret[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) {
      variables[name] = value;
    }
  }
  for (const { variable, value } of secrets) variables[variable] = value;
  return variables;
}

/** A development secret, made at the first start. */
function makeSecret(directory: string, secret: DevelopmentSecret): MadeSecret {
  const make = () => `${secret.prefix}${randomBytes(16).toString('hex')}`;
  return { ...secret, value: keepSecret(directory, fileOf(secret), make) };
}

/** How a browser on this machine reaches the host that the server listens on. */
function nameOf(host: string): string {
  const local = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
  return local ? 'localhost' : host.includes(':') ? `[${host}]` : host;
}

watchProcess();
main().catch((error: unknown) => {
  const directory = resolve(process.env.SPACE_DIR || '.space');
  console.error(explainFailure(error, directory) ?? describeError(error));
  process.exit(1);
});
