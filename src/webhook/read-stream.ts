import { PassThrough } from 'node:stream';
import type { httpRequest } from 'codehooks-js';

/**
 * Collects the bytes of a request that the platform has not read: it leaves multipart bodies to `req.pipe`. One that never
 * ends is ended by the platform's own limit for handlers: nothing here depends on a timer.
 * @returns the bytes, or that there are more than `maxBytes`
 * @throws when the body breaks off
 */
export function readStream(request: httpRequest, maxBytes: number): Promise<Buffer | 'too_large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) resolve('too_large');
      else chunks.push(chunk);
    });
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', reject);
    request.pipe(stream);
  });
}
