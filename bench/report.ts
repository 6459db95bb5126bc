import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { type Target, targetsTable } from './compare/targets';

type Rows = Readonly<Record<string, Readonly<Record<string, number | string>>>>;

const loadNow = () =>
  loadavg()
    .map((load) => load.toFixed(2))
    .join(' ');

/** A table as Markdown, numbers to the right; a row without a column leaves it empty. */
function markdownOf(rows: Rows): string {
  const columns = [...new Set(Object.values(rows).flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns]),
    line(['---', ...columns.map(() => '---:')]),
    ...Object.entries(rows).map(([name, row]) => line([name, ...columns.map((column) => row[column] ?? '')])),
  ].join('\n');
}

/** Gathers what the parts have measured: prints it as it comes, and keeps it for `--markdown`. */
export class Report {
  readonly #kept: string[] = [];
  readonly #targets: Target[] = [];
  readonly #start = Date.now();

  constructor() {
    const processors = cpus();
    this.tell(
      `Measured with Node ${process.version} on ${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}, ` +
        `${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${release()}; load of the machine before: ${loadNow()}.`,
    );
  }

  /** Shows progress, which the file does not keep. */
  progress(line: string): void {
    console.log(line);
  }

  /** Says what a table does not show. */
  tell(line: string): void {
    console.log(line);
    this.#kept.push(line);
  }

  table(title: string, rows: Rows): void {
    console.log(`\n${title}`);
    console.table(rows);
    this.#kept.push(`## ${title}`, markdownOf(rows));
  }

  /** Keeps what the table of targets at the end is to show. */
  target(...targets: readonly Target[]): void {
    this.#targets.push(...targets);
  }

  finish(file: string | undefined): void {
    if (this.#targets.length > 0) this.table('What is wanted', targetsTable(this.#targets));
    const seconds = Math.round((Date.now() - this.#start) / 1000);
    this.tell(`Took ${seconds} s; load of the machine after: ${loadNow()}.`);
    if (file !== undefined) writeFileSync(file, `${this.#kept.join('\n\n')}\n`);
  }
}
