import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(fileURLToPath(import.meta.url)), 'record-disk.c');

/** Why nothing can be recorded on this machine; null when it can. */
export function whyNoRecorder(): string | null {
  if (process.platform !== 'linux') return 'what a process writes is recorded on Linux only';
  if (spawnSync('cc', ['--version']).error !== undefined)
    return 'there is no C compiler: install gcc and libc6-dev';
  return null;
}

/**
 * Compiles the recorder into a folder.
 * @returns the library for LD_PRELOAD
 * @throws Error with the compiler's messages
 */
export function buildRecorder(folder: string): string {
  const library = join(folder, 'record-disk.so');
  execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', library, source]);
  return library;
}
