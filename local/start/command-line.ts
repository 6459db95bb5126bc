import { parseArgs } from 'node:util';
import { StartError } from '../start-error';
import type { Durability } from '../storage';
import { switchesForHelp } from '../switches/describe-switches';
import type { Quirks } from '../switches/quirks';
import { readQuirks } from '../switches/read-quirks';

/** What the owner asked for, by flags and by environment variables. */
export interface StartOptions {
  host: string;
  port: number;
  directory: string;
  apiKey: string | undefined;
  /** The module with the app, relative to the folder; undefined for the one that is there. */
  entry: string | undefined;
  /**
   * What runs: the sources, the bundle compiled from them, or (`deployed`) what was deployed to the data
   * folder, and the sources as long as nothing was.
   */
  run: 'sources' | 'bundle' | 'deployed';
  /** The admin token, unless one is to be made. */
  adminToken: string | undefined;
  /** The address at which the admin endpoints answer beside loopback. */
  adminHost: string | undefined;
  quirks: Partial<Quirks>;
  durability: Durability;
}

/**
 * What `--help` prints.
 * @param variables further variables that the project reads.
 */
export const usage = (
  variables: readonly string[],
) => `Usage: npm start -- [--sources | --bundle] [--app file] [--quirks harshest,name=value,...] [--admin-host address]

Runs what was deployed to the data folder with \`npm run coho -- deploy\`, or else the sources.

  --sources     run the sources, whatever was deployed
  --bundle      compile the app as \`coho deploy\` would, and run the bundle
  --app         run the sources of another app than src/index.ts, index.ts or index.js
  --quirks      let the platform behave in another way; see local/README.md. harshest: in the hardest way there is
  --admin-host  let the admin endpoints answer at this address too, not on this machine only; 0.0.0.0 for all

Environment, also from the file .env:
  PORT (3000), HOST (127.0.0.1), SPACE_DIR (.space), SPACE_API_KEY, SPACE_ADMIN_TOKEN,
  ${[...variables, 'DURABILITY'].join(', ')} (disk, or process: an answer may be lost with the power)

Quirks, each with its default first:
${switchesForHelp()}`;

/**
 * Reads flags and environment.
 * @returns `'help'` when the owner asks for the usage.
 * @throws {StartError} with a sentence about what is wrong.
 */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartOptions | 'help' {
  const flags = parseFlags(args);
  if (flags.help) {
    return 'help';
  }
  return {
    host: env.HOST || '127.0.0.1',
    port: readPort(env.PORT || '3000'),
    directory: env.SPACE_DIR || '.space',
    apiKey: env.SPACE_API_KEY || undefined,
    entry: flags.app,
    run: flags.bundle ? 'bundle' : flags.sources || flags.app !== undefined ? 'sources' : 'deployed',
    adminToken: readAdminToken(env.SPACE_ADMIN_TOKEN),
    adminHost: flags['admin-host'],
    quirks: readQuirks(flags.quirks ?? ''),
    durability: readDurability(env.DURABILITY || 'disk'),
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        bundle: { type: 'boolean' },
        sources: { type: 'boolean' },
        'admin-host': { type: 'string' },
        quirks: { type: 'string' },
        app: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new StartError(`${reason}; try npm start -- --help.`);
  }
}

function readAdminToken(token: string | undefined): string | undefined {
  if (token !== undefined && token !== '' && token.length < 16) {
    throw new StartError('SPACE_ADMIN_TOKEN is too short to be safe; give it 16 characters or more.');
  }
  return token || undefined;
}

function readDurability(text: string): Durability {
  if (text === 'disk' || text === 'process') return text;
  throw new StartError(`DURABILITY is "${text}", it is one of disk, process.`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new StartError(`PORT is "${text}", which is no port number.`);
  }
  return port;
}
