import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';

const progress = v.object({
  /** The base of the space. */
  url: v.string(),
  from: v.string(),
  to: v.string(),
  /** Of every domain that was begun where to go on; null when it is through. */
  domains: v.record(v.string(), v.nullable(v.string())),
});
/** How far everything has been compared. */
export type Progress = v.InferOutput<typeof progress>;

/**
 * How far the last run has come with a space.
 * @returns null when there was none
 * @throws CannotRun when the file is about another space, or cannot be read
 */
export function readProgress(file: string, url: string): Progress | null {
  if (!existsSync(file)) return null;
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), progress), readFileSync(file, 'utf8'));
  if (!read.success)
    throw new CannotRun(`${file} is not what this command has written: remove it, to begin anew.`);
  if (read.output.url !== url)
    throw new CannotRun(`${file} is about ${read.output.url}: end that first, or remove the file.`);
  return read.output;
}

/** Writes how far it has come, so that a crash leaves the last state or this one. */
export function writeProgress(file: string, state: Progress): void {
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Everything is through: the next run begins anew. */
export function removeProgress(file: string): void {
  rmSync(file, { force: true });
}
