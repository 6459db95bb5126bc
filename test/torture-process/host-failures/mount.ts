import { execFileSync } from 'node:child_process';

function mount(...args: string[]): boolean {
  try {
    execFileSync('mount', args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Puts a small file system in memory on a folder. @returns whether this user may */
export function mountSmall(folder: string, megabytes: number): boolean {
  return process.platform === 'linux' && mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder);
}

/** Makes a folder or a file read-only, even for root. @returns whether this user may */
export function mountReadOnly(path: string): boolean {
  if (process.platform !== 'linux' || !mount('--bind', path, path)) return false;
  if (mount('-o', 'remount,ro,bind', path)) return true;
  unmount(path);
  return false;
}

/** Takes away what was put on a path. */
export function unmount(path: string): void {
  execFileSync('umount', ['--lazy', path], { stdio: 'ignore' });
}
