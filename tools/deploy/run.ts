import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** Runs a script of the project in this terminal. @returns its exit code */
export function runScript(script: string): Promise<number> {
  // Under npm its own path is known; `npm` alone is no program on Windows.
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, 'run', '--silent', script], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs the CLI of Codehooks.
 * @param secret what must not be shown, should the CLI print it
 * @param show whether what it prints is shown
 * @returns everything it printed
 */
export function runCodehooks(
  commandLine: readonly string[],
  secret: string | undefined,
  show: boolean,
): Promise<string> {
  const cli = createRequire(import.meta.url).resolve('codehooks/dist/index.js');
  const hidden = secret === undefined ? [] : ['--admintoken', secret];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...commandLine, ...hidden], {
      env: { ...process.env, NO_UPDATE_NOTIFIER: '1' },
      stdio: ['inherit', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', () => {
      const safe = secret === undefined ? output : output.replaceAll(secret, '********');
      if (show) process.stdout.write(safe);
      resolve(safe);
    });
  });
}
