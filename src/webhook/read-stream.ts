import { PassThrough } from 'node:stream';
import type { httpRequest } from 'codehooks-js';

/** How long a body may take that the platform hands over as a stream. */
const timeoutMs = 10_000;

/**
 * Collects the bytes of a request that the platform has not read: it leaves multipart bodies to `req.pipe`.
 * @returns the bytes, or that there are more than `maxBytes`
 * @throws when the body does not end in time
 */
export function readStream(request: httpRequest, maxBytes: number): Promise<Buffer | 'too_large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stream = new PassThrough();
    const timer = setTimeout(() => reject(new Error('The body did not end in time.')), timeoutMs);
    const finish = (result: Buffer | 'too_large') => {
      clearTimeout(timer);
      resolve(result);
    };
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) finish('too_large');
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
