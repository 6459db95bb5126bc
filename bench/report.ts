import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

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
  readonly #start = Date.now();
  readonly #file: string | undefined;

  /** @param file where all of it is written, again after each table, so that a run which fails loses little */
  constructor(file: string | undefined) {
    this.#file = file;
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
    this.#keep(line);
  }

  table(title: string, rows: Rows): void {
    console.log(`\n${title}`);
    console.table(rows);
    this.#keep(`## ${title}`, markdownOf(rows));
  }

  #keep(...texts: readonly string[]): void {
    this.#kept.push(...texts);
    if (this.#file !== undefined) writeFileSync(this.#file, `${this.#kept.join('\n\n')}\n`);
  }

  finish(): void {
    const seconds = Math.round((Date.now() - this.#start) / 1000);
    this.tell(`Took ${seconds} s; load of the machine after: ${loadNow()}.`);
  }
}
