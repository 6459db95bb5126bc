import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppLoadError } from './app-load-error';

/**
 * Compiles the app of a project with the official CLI into the file that `coho deploy` would send.
 *
 * The CLI compiles without an account if it is given any admin token. It ends with code 0 even when it
 * fails, so that only `OK` in its output tells, and leaves the bundle in a temporary folder, which is why
 * it gets one of its own here.
 *
 * @param projectRoot the folder with the app's `index.js`.
 * @param file where the bundle goes.
 * @returns `file`.
 * @throws {AppLoadError} with the compiler's messages.
 */
export async function compileBundle(projectRoot: string, file: string): Promise<string> {
  const services = await mkdtemp(join(tmpdir(), 'coho-'));
  try {
    const { stdout, stderr } = await runCompiler(projectRoot, services);
    if (!stdout.includes('OK')) {
      throw new AppLoadError(`The app does not compile: ${`${stderr}\n${stdout}`.trim()}`);
    }
    const files = await readdir(services, { recursive: true });
    const bundle = files.find((name) => name.endsWith('bundle.js'));
    if (bundle === undefined) {
      throw new AppLoadError('The compiler of the Codehooks CLI said OK but left no bundle.');
    }
    await mkdir(dirname(file), { recursive: true });
    await copyFile(join(services, bundle), file);
    return file;
  } finally {
    await rm(services, { recursive: true, force: true });
  }
}

async function runCompiler(
  projectRoot: string,
  services: string,
): Promise<{ stdout: string; stderr: string }> {
  const cli = createRequire(import.meta.url).resolve('codehooks/dist/index.js');
  const child = spawn(process.execPath, [cli, 'compile', '--admintoken', 'x'], {
    cwd: projectRoot,
    env: {
      PATH: process.env.PATH,
      HOME: services,
      XDG_CONFIG_HOME: services,
      TMPDIR: services,
      TEMP: services,
      TMP: services,
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}
