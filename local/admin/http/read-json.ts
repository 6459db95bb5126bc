import type { IncomingMessage } from 'node:http';
import { AdminError } from './admin-error';

/** Bundles and imports are large, and the owner of the machine sends them. */
const maxBytes = 256 * 1024 * 1024;

/**
 * Reads the JSON body of a request.
 * @throws {AdminError} 413 when it is too large, 400 when it is not JSON or not complete.
 */
export async function readJson(raw: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of raw) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > maxBytes) {
        throw new AdminError(413, `The body is larger than ${maxBytes} bytes.`);
      }
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw error instanceof AdminError ? error : new AdminError(400, 'The body is not JSON.');
  }
}
