import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { config } from 'dotenv';
import { readSpaceFile } from '../start/space-file';
import { StartError } from '../start-error';
import { prepareCliHome } from './cli-home';
import { runCli } from './run-cli';

/** `npm run coho -- COMMAND`: the CLI of Codehooks against the local space that runs. */
async function main(): Promise<void> {
  config({ quiet: true });
  const directory = resolve(process.env.SPACE_DIR || '.space');
  const space = readSpaceFile(directory);
  if (space === null) {
    throw new StartError(
      `No local space runs on the data folder ${directory}: start it with "npm start", or set SPACE_DIR.`,
    );
  }
  if (space.adminToken === undefined) {
    throw new StartError('The local space that runs is an older one: stop it and start it again.');
  }
  const cwd = appFolder();
  const env = { ...process.env, ...prepareCliHome(directory, cwd, space) };
  process.exitCode = await runCli(process.argv.slice(2), { cwd, env });
}

/** npm runs scripts in the project's folder and says where it was called: perhaps in another app. */
function appFolder(): string {
  const called = process.env.INIT_CWD ?? '';
  const isApp = ['index.js', 'index.ts', 'config-dev.json'].some((name) => existsSync(join(called, name)));
  return called !== '' && isApp ? called : process.cwd();
}

main().catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
});
