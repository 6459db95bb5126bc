import { readdir, readFile } from 'node:fs/promises';

/** Memory that a process holds by itself, files that it reads left out, in MiB; Linux only. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`The process ${pid} has no memory.`);
  return Number(kilobytes) / 1024;
}

/** Files and connections that a process has open; Linux only. */
export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}
