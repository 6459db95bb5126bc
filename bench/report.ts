import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { type Target, targetsTable } from './compare/targets';

/** Gathers what the parts have measured: prints it as it comes, and keeps it for `--json`. */
export class Report {
  readonly #measured: Record<string, unknown> = {};
  readonly #targets: Target[] = [];
  readonly #start = Date.now();

  constructor() {
    const processors = cpus();
    const machine = {
      processors: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
      memory: `${Math.round(totalmem() / 1e9)} GB`,
      system: `${process.platform} ${release()}`,
      node: process.version,
      'load before': loadavg().map((load) => Number(load.toFixed(2))),
    };
    this.#measured.machine = machine;
    console.log(
      `${machine.processors}, ${machine.memory}, ${machine.system}, Node ${machine.node}; ` +
        `load of the machine before: ${machine['load before'].join(' ')}`,
    );
  }

  tell(line: string): void {
    console.log(line);
  }

  table(title: string, rows: Record<string, Record<string, unknown>>): void {
    console.log(`\n${title}`);
    console.table(rows);
    this.#measured[title] = rows;
  }

  /** Keeps what the table of targets at the end is to show. */
  target(...targets: readonly Target[]): void {
    this.#targets.push(...targets);
  }

  finish(file: string | undefined): void {
    if (this.#targets.length > 0) this.table('Targets', targetsTable(this.#targets));
    const seconds = Math.round((Date.now() - this.#start) / 1000);
    console.log(
      `Took ${seconds} s; load of the machine after: ${loadavg()
        .map((load) => load.toFixed(2))
        .join(' ')}`,
    );
    this.#measured.seconds = seconds;
    this.#measured['load after'] = loadavg();
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(this.#measured, null, 2)}\n`);
  }
}
