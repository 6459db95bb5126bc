import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Memory that a process holds by itself, files that it reads left out, in MiB; Linux only. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`The process ${pid} has no memory.`);
  return Number(kilobytes) / 1024;
}

/** Connections that a process has open, listening ones included; Linux only. */
export async function openSockets(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    // One that is closed meanwhile is none.
    (await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith('socket:')).length;
}
