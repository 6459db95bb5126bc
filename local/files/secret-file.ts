import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StartError } from '../start-error';
import { writeDurably } from './durable-file';

/**
 * A secret that is made once and kept in the data folder, readable by its owner only: the secret on the first line, its
 * checksum on the second, since a damaged secret looks like any other.
 * @param make makes the secret when the folder has no file of this name.
 * @throws {StartError} when the file is damaged; what the system throws when it cannot be read or written.
 */
export function keepSecret(directory: string, name: string, make: () => string): string {
  const file = join(directory, name);
  if (existsSync(file)) return readSecret(file);
  const secret = make();
  writeDurably(file, `${secret}\n${checksumOf(secret)}\n`);
  return secret;
}

function readSecret(file: string): string {
  const [secret = '', checksum = ''] = readFileSync(file, 'utf8').split('\n');
  if (checksumOf(secret) === checksum) return secret;
  throw new StartError(
    `The file ${file} is damaged; restore it from a backup, or remove it to have another one made.`,
  );
}

function checksumOf(secret: string): string {
  return crc32(secret).toString(16).padStart(8, '0');
}
