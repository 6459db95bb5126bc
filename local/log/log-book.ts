import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { hasCode } from '../files/error-code';
import type { LogContext, LogEntry } from '../runtime/log';
import type { Redactor } from './redactor';

const contexts = ['routehooks', 'queuehooks', 'jobhooks', 'auth', 'system'] as const;
const lineSchema = v.object({
  date: v.string(),
  level: v.picklist(['debug', 'info', 'warn', 'error']),
  context: v.picklist(contexts),
  text: v.string(),
});

/** One line of a log as it is kept. */
export interface LogLine {
  /** ISO date. */
  readonly date: string;
  readonly level: LogEntry['level'];
  readonly context: LogContext;
  readonly text: string;
}

export interface LogBookOptions {
  /** The folder of the files `log.jsonl` and, after the first change, `log.1.jsonl`. */
  readonly directory: string;
  readonly redactor: Redactor;
  /** How many lines are at hand; default 5000. */
  readonly lines?: number;
  /** At which size in bytes a file is put aside and the one before it is removed; default 2 MiB. */
  readonly fileBytes?: number;
}

const maxTextLength = 16_384;
/** How long lines are gathered before they are written, in milliseconds. */
const writeDelayMs = 50;

/**
 * The log of a space: the last lines in memory, and all lines within a limit in two files. Lines are
 * written behind: the death of the process may cost the last moments of the log.
 */
export class LogBook {
  readonly #file: string;
  readonly #oldFile: string;
  readonly #redactor: Redactor;
  readonly #maxLines: number;
  readonly #fileBytes: number;
  readonly #followers = new Set<(line: LogLine) => void>();
  #lines: LogLine[];
  #size: number;
  #waiting = '';
  #writing: Promise<void> | undefined;
  #open: FileHandle | undefined;
  #writeNow: () => void = () => {};
  #isClosed = false;
  /** Whether the last line could not be written. */
  #cannotWrite = false;

  constructor({ directory, redactor, lines = 5000, fileBytes = 2 * 1024 * 1024 }: LogBookOptions) {
    this.#file = join(directory, 'log.jsonl');
    this.#oldFile = join(directory, 'log.1.jsonl');
    this.#redactor = redactor;
    this.#maxLines = lines;
    this.#fileBytes = fileBytes;
    this.#lines = [...readLines(this.#oldFile), ...readLines(this.#file)].slice(-lines);
    this.#size = existsSync(this.#file) ? statSync(this.#file).size : 0;
  }

  /** Adds a line, without secrets and addresses, and tells those who follow. */
  add({ level, text, context = 'system' }: LogEntry): void {
    const shown = text.length > maxTextLength ? `${text.slice(0, maxTextLength)} ...` : text;
    const line = { date: new Date().toISOString(), level, context, text: this.#redactor.redact(shown) };
    this.#lines.push(line);
    if (this.#lines.length > 2 * this.#maxLines) {
      this.#lines = this.#lines.slice(-this.#maxLines);
    }
    this.#waiting += `${JSON.stringify(line)}\n`;
    this.#writing ??= this.#write();
    for (const follower of this.#followers) {
      follower(line);
    }
  }

  /** The last lines, the oldest first; of one context only, if one is given. */
  tail(count: number, context?: string): LogLine[] {
    const lines = this.#lines.slice(-this.#maxLines);
    const wanted = context === undefined ? lines : lines.filter((line) => line.context === context);
    return count > 0 ? wanted.slice(-count) : [];
  }

  /** Calls back with every new line. Returns what ends that. */
  follow(follower: (line: LogLine) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Resolves when everything is written. Lines may still come, as from code that runs on after its answer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#writeNow();
    await this.#writing;
    await this.#closeFile();
  }

  /** A log that cannot be written is no reason to fail: it says so once, and the lines stay in memory. */
  async #write(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, writeDelayMs);
      this.#writeNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    while (this.#waiting !== '') {
      const text = this.#waiting;
      this.#waiting = '';
      try {
        if (this.#size > this.#fileBytes) {
          await this.#closeFile();
          renameSync(this.#file, this.#oldFile);
          this.#size = 0;
        }
        this.#open ??= await open(this.#file, 'a', 0o600);
        await this.#open.appendFile(text);
        this.#size += Buffer.byteLength(text);
        this.#cannotWrite = false;
      } catch (error) {
        this.#complain(error);
        break;
      }
    }
    // At once: a line that comes while the file is being closed begins a writing of its own.
    this.#writing = undefined;
    if (this.#isClosed) await this.#closeFile().catch((error: unknown) => this.#complain(error));
  }

  /** The file is in trouble, so that only the process's own output is left. */
  #complain(error: unknown): void {
    if (this.#cannotWrite) return;
    this.#cannotWrite = true;
    // Who removes the folder of a stopped space wants no more of it.
    if (this.#isClosed && hasCode(error, 'ENOENT')) return;
    process.emitWarning(`The log ${this.#file} cannot be written, its lines are lost: ${messageOf(error)}`);
  }

  async #closeFile(): Promise<void> {
    const file = this.#open;
    this.#open = undefined;
    await file?.close();
  }
}

function readLines(file: string): LogLine[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) process.emitWarning(`The log ${file} cannot be read: ${messageOf(error)}`);
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), lineSchema), line);
    // The last line may be torn by a crash.
    return parsed.success ? [parsed.output] : [];
  });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
