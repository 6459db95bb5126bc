import { PassThrough } from 'node:stream';
import type { httpRequest } from 'codehooks-js';

/** How long a body may take that the platform hands over as a stream, in milliseconds. */
const patience = 10_000;

/**
 * Collects the bytes of a request that the platform has not read: it leaves multipart bodies to `req.pipe`.
 * @returns null when there are more than `limit` bytes
 * @throws when the body does not end in time
 */
export function readStream(request: httpRequest, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stream = new PassThrough();
    const timer = setTimeout(() => reject(new Error('The body did not end in time.')), patience);
    const finish = (result: Buffer | null) => {
      clearTimeout(timer);
      resolve(result);
    };
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) finish(null);
      else chunks.push(chunk);
    });
    stream.on('end', () => finish(Buffer.concat(chunks)));
    stream.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.pipe(stream);
  });
}
