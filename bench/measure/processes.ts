import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of a second in /proc/PID/stat: what Linux tells programs, whatever its own clock does. */
const ticksPerSecond = 100;

/** The fields of /proc/PID/stat after the name of the program; null when the process is over. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold spaces and brackets; what follows the last bracket does not.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** The processes and all that they have started, those of their children included. */
function withDescendants(pids: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = Number(statOf(pid)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = new Set(pids);
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return [...found];
}

/** CPU time that the processes of a candidate and their children have used so far, in microseconds. */
export function cpuTime(pids: readonly number[]): number {
  return withDescendants(pids).reduce((sum, pid) => {
    const fields = statOf(pid);
    return sum + ((Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0)) * 1_000_000) / ticksPerSecond;
  }, 0);
}

/** Resident memory in bytes of all processes of a candidate, now and at its largest. */
export function memoryOf(pids: readonly number[]): { now: number; peak: number } {
  const sum = { now: 0, peak: 0 };
  for (const pid of withDescendants(pids)) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
    sum.now += bytes('VmRSS');
    sum.peak += bytes('VmHWM');
  }
  return sum;
}
