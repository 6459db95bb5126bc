import { existsSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { StartError } from '../start-error';
import { writeDurably } from './durable-file';

/** The last line of a file, with the checksum of what stands before it. Who edits the file takes it out. */
const checksumLine = /^# checksum ([0-9a-f]{8})\n$/m;

/**
 * Reads a JSON file of the data folder.
 * @returns undefined when it is not there.
 * @throws {StartError} when it is not what it should be.
 */
export function readPrivateFile<T>(file: string, schema: v.GenericSchema<unknown, T>): T | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const found = checksumLine.exec(text);
  const json = found === null ? text : text.slice(0, found.index);
  if (found === null || found[1] === checksumOf(json)) {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), json);
    if (parsed.success) return parsed.output;
  }
  throw new StartError(
    `The file ${file} is damaged; restore it from a backup, or remove its last line if you have edited it.`,
  );
}

/** Writes a JSON file, which its owner alone can read. */
export function writePrivateFile(file: string, content: unknown): void {
  const json = `${JSON.stringify(content, null, 2)}\n`;
  writeDurably(file, `${json}# checksum ${checksumOf(json)}\n`);
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
