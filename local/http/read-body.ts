import type { IncomingMessage } from 'node:http';
import type { Switches } from '../switches/switches';
import type { Limits } from './limits';
import { Refusal } from './refusal';

const empty = Buffer.alloc(0);

/** How many times the limit is still read, and thrown away, of a body that is withheld from the handler. */
const oversizeFactor = 16;

/**
 * Reads the bytes of a request's body; nothing of a body that is too large, if the space withholds it.
 * @throws {Refusal} 413 when it is too large, 415 when it is compressed, 408 when the sender falls silent,
 *   400 when the sender goes away.
 */
export async function readBody(
  request: IncomingMessage,
  limits: Limits,
  switches: Pick<Switches, 'oversizeBody'>,
): Promise<Buffer> {
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
  const maxReadBytes =
    switches.oversizeBody === 'withheld' ? oversizeFactor * limits.maxBodyBytes : limits.maxBodyBytes;
  if (Number(headers['content-length'] ?? 0) > maxReadBytes) {
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
    }, limits.bodyIdleMs);
    const collect = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxReadBytes) {
        refuse(tooLarge(limits));
        return;
      }
      if (size <= limits.maxBodyBytes) {
        chunks.push(chunk);
      }
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
      if (size > limits.maxBodyBytes) {
        resolve(empty);
        return;
      }
      resolve(chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks, size));
    });
  });
}

function tooLarge({ maxBodyBytes }: Limits): Refusal {
  return new Refusal(413, 'payload_too_large', `The body of the request exceeds ${maxBodyBytes} bytes.`);
}
