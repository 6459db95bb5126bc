import type { IncomingMessage } from 'node:http';
import type { Limits } from './limits';
import { Refusal } from './refusal';

const empty = Buffer.alloc(0);

/**
 * Reads the bytes of a request's body.
 * @throws {Refusal} 413 when it is too large, 415 when it is compressed, 408 when the sender falls silent,
 *   400 when the sender goes away.
 */
export async function readBody(request: IncomingMessage, limits: Limits): Promise<Buffer> {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    return empty;
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Refusal(
      415,
      'unsupported_media_type',
      'Compressed bodies (content-encoding) are not accepted.',
    );
  }
  if (Number(headers['content-length'] ?? 0) > limits.bodyBytes) {
    throw tooLarge(limits);
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (refusal: Refusal) => {
      clearTimeout(silence);
      request.off('data', collect);
      reject(refusal);
    };
    const silence = setTimeout(() => {
      refuse(new Refusal(408, 'request_timeout', 'The body of the request did not arrive in time.'));
    }, limits.bodyIdle);
    const collect = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.bodyBytes) {
        refuse(tooLarge(limits));
        return;
      }
      chunks.push(chunk);
      silence.refresh();
    };
    const incomplete = () => {
      refuse(new Refusal(400, 'bad_request', 'The request ended before its body was complete.'));
    };
    request.on('data', collect);
    request.once('error', incomplete);
    request.once('close', () => {
      if (!request.complete) {
        incomplete();
      }
    });
    request.once('end', () => {
      clearTimeout(silence);
      resolve(chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks, size));
    });
  });
}

function tooLarge({ bodyBytes }: Limits): Refusal {
  return new Refusal(413, 'payload_too_large', `The body of the request exceeds ${bodyBytes} bytes.`);
}
