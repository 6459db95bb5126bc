import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { StartError } from '../start-error';
import { writeDurably } from './durable-file';

/**
 * Reads a JSON file of the data folder.
 * @returns undefined when it is not there.
 * @throws {StartError} when it is not what it should be.
 */
export function readPrivateFile<T>(file: string, schema: v.GenericSchema<unknown, T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (parsed.success) {
    return parsed.output;
  }
  throw new StartError(`The file ${file} cannot be read; repair it, or remove it to start without it.`);
}

/** Writes a JSON file, which its owner alone can read. */
export function writePrivateFile(file: string, content: unknown): void {
  writeDurably(file, `${JSON.stringify(content, null, 2)}\n`);
}
