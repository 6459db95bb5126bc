import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createSession } from '../admin/access/session';
import type { SpaceFile } from '../start/space-file';

/** How long the CLI stays logged in; each run of the tool begins anew. */
const sessionSeconds = 24 * 60 * 60;

/** Where the CLI keeps its login, below a home of its own, on each system. */
const configFolders: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Library/Preferences/codehooks-cli-nodejs',
  win32: 'codehooks-cli-nodejs/Config',
};

/**
 * Gives the CLI a home of its own in the data folder, logged in to the running space, so that neither the
 * login to the cloud nor the `config.json` of the project is touched: with NODE_ENV=development the CLI
 * reads and writes `config-dev.json` instead.
 *
 * @param folder the folder of the app.
 * @returns the variables that the CLI needs.
 */
export function prepareCliHome(directory: string, folder: string, space: SpaceFile): NodeJS.ProcessEnv {
  const home = join(directory, 'coho');
  const config = join(home, configFolders[process.platform] ?? 'codehooks-cli-nodejs');
  mkdirSync(config, { recursive: true, mode: 0o700 });
  const { username } = userInfo();
  const person = { name: username, email: `${username}@localhost` };
  const token = createSession(space.adminToken ?? '', person, sessionSeconds);
  writeFileSync(join(config, 'config-dev.json'), JSON.stringify({ token }), { mode: 0o600 });

  const { origin, pathname } = new URL(space.url);
  const projectFile = join(folder, 'config-dev.json');
  if (!existsSync(projectFile)) {
    const project = { name: space.project ?? 'local', space: pathname.split('/')[1] };
    writeFileSync(projectFile, `${JSON.stringify(project, null, 2)}\n`);
  }
  return {
    COHO_APIGW_URL: origin,
    ADMIN_API_URL: origin,
    NODE_ENV: 'development',
    NO_UPDATE_NOTIFIER: '1',
    XDG_CONFIG_HOME: home,
    ...(process.platform === 'darwin' && { HOME: home }),
    ...(process.platform === 'win32' && { APPDATA: home, LOCALAPPDATA: home }),
  };
}
