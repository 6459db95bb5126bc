import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

export interface CliRun {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What the CLI prints when a deployment has succeeded. */
export const deployed = 'Deployed Codehook successfully';

/**
 * Runs the CLI of Codehooks in the terminal of this process. It ends with code 0 even when a deployment has
 * failed, so that its output decides there.
 * @returns the exit code: 1 when nothing was deployed.
 */
export async function runCli(args: readonly string[], { cwd, env }: CliRun): Promise<number> {
  const cli = createRequire(import.meta.url).resolve('codehooks/dist/index.js');
  const isDeploy = args[0] === 'deploy' && !args.includes('--history') && !args.includes('--rollback');
  const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: isDeploy ? { ...env, ...colours } : env,
    stdio: ['inherit', isDeploy ? 'pipe' : 'inherit', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  // Ctrl-C goes to both; the CLI decides what it means.
  process.on('SIGINT', () => {});
  await once(child, 'close');
  return isDeploy && !output.includes(deployed) ? 1 : (child.exitCode ?? 1);
}
