import { setTimeout as pause } from 'node:timers/promises';
import { deployed } from '../../local/coho/run-cli';
import { CannotRun } from '../cannot-run';
import { settling } from '../verify/space/space-client';
import type { Arguments } from './arguments';
import { runCodehooks } from './run';

/** Thrown when the platform did not take the app. */
export class NotDeployed extends CannotRun {
  override readonly exitCode = 1;
}

/**
 * Deploys by `coho deploy`. The CLI ends with code 0 even when it fails, and takes any JSON without `error`
 * for success, whatever the HTTP status: so its output decides, and then the space's deployment history.
 * @throws NotDeployed
 */
export async function deployApp({ space, project, dir, adminToken }: Arguments): Promise<void> {
  const where = ['--space', space, '--projectname', project];
  const began = new Date().toISOString();
  const output = await runCodehooks(['deploy', '--dir', dir, ...where], adminToken, true);
  if (!output.includes(deployed)) {
    throw new NotDeployed(
      /log in/i.test(output)
        ? 'The app was not deployed: log in with "npx coho login", or set CODEHOOKS_ADMIN_TOKEN.'
        : 'The app was not deployed: read the messages above.',
    );
  }
  const readLatest = async () => {
    const history = await runCodehooks(['deploy', '--history', '--json', ...where], adminToken, false);
    return /Date: '(\S+) \(active\)'/.exec(history)?.[1];
  };
  // The CLI dates a deployment by the clock of this machine.
  let latest = await readLatest();
  if (latest === undefined) {
    await pause(settling.afterMs);
    latest = await readLatest();
  }
  if (latest === undefined) {
    console.log(
      'The deployment history could not be read, so that only the words of the CLI say it is there.',
    );
  } else if (latest < began) {
    throw new NotDeployed(
      `The CLI says that the app was deployed, but the space still runs the version of ${latest}: try again.`,
    );
  }
}
