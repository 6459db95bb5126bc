import { readFileSync } from 'node:fs';

/** Ticks of a second in /proc/PID/stat: what Linux tells programs, whatever its own clock does. */
const ticksPerSecond = 100;

/** CPU time that a process and its threads have used so far, in microseconds. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program may hold spaces and brackets; what follows the last bracket does not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond;
}

/** CPU time of all processes of a candidate, in microseconds. */
export function cpuTime(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
}

/** Resident memory in bytes of all processes of a candidate, now and at its largest. */
export function memoryOf(pids: readonly number[]): { now: number; peak: number } {
  const sum = { now: 0, peak: 0 };
  for (const pid of pids) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
    sum.now += bytes('VmRSS');
    sum.peak += bytes('VmHWM');
  }
  return sum;
}
