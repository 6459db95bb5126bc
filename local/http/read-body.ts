import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Switches } from '../switches/switches';
import type { ByteBudget } from './byte-budget';
import type { Limits } from './limits';
import { Refusal } from './refusal';

/** A body that is there. */
export interface ReceivedBody {
  readonly bytes: Buffer;
  /** Gives back the room that it took on its way. */
  readonly giveBack: () => void;
}

const none: ReceivedBody = { bytes: Buffer.alloc(0), giveBack: () => {} };

/** How many times the limit is still read, and thrown away, of a body that is withheld from the handler. */
const oversizeFactor = 16;

/** So much of a body is read before it needs room: most are smaller, and who sends less keeps nobody out. */
const freeBytes = 32 * 1024;

/** How often it is looked whether a body comes too slowly, in milliseconds. */
const paceIntervalMs = 1000;
/** The part of the grace that a body in a short budget has. */
const shortGrace = 0.2;

/** Whether a body follows these headers. */
export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined;
}

/**
 * Reads the bytes of a request's body; nothing of a body that is too large, if the space withholds it.
 * @param arriving where a large body waits for room before it is read to its end
 * @throws {Refusal} 413 when it is too large, 415 when it is compressed, 408 when it comes too slowly,
 *   503 when there is no room, 400 when the sender goes away.
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limits: Limits,
  switches: Pick<Switches, 'oversizeBody'>,
  arriving: ByteBudget,
): Promise<ReceivedBody> {
  const { headers } = request;
  if (!announcesBody(headers)) return none;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Refusal(
      415,
      'unsupported_media_type',
      'Compressed bodies (content-encoding) are not accepted.',
    );
  }
  const { maxBodyBytes, graceMs, leastBytesPerSecond } = limits;
  const maxReadBytes = switches.oversizeBody === 'withheld' ? oversizeFactor * maxBodyBytes : maxBodyBytes;
  if (Number(headers['content-length'] ?? 0) > maxReadBytes) {
    throw tooLarge(limits);
  }
  const wanted = Math.min(Number(headers['content-length'] ?? maxBodyBytes), maxBodyBytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let begun = performance.now();
    let room: 'none' | 'wanted' | 'taken' = 'none';
    let isOver = false;
    let giveBack = () => {};

    const end = () => {
      isOver = true;
      clearInterval(pace);
      request.off('data', collect);
    };
    const refuse = (refusal: unknown) => {
      if (isOver) return;
      end();
      giveBack();
      reject(refusal);
    };
    const isSlow = () => {
      if (room === 'wanted') return false;
      const grace = room === 'taken' && arriving.isShort ? graceMs * shortGrace : graceMs;
      return performance.now() - begun > grace + (size / leastBytesPerSecond) * 1000;
    };
    const refuseSlow = () => {
      if (isSlow())
        refuse(new Refusal(408, 'request_timeout', 'The body of the request did not arrive in time.'));
    };
    // A process that was busy finds out first what has come meanwhile.
    const pace = setInterval(() => isSlow() && setImmediate(refuseSlow), Math.min(paceIntervalMs, graceMs));
    const takeRoom = async () => {
      room = 'wanted';
      request.pause();
      const waitsSince = performance.now();
      giveBack = await arriving.take(wanted, response);
      if (isOver) {
        giveBack();
        return;
      }
      begun += performance.now() - waitsSince;
      room = 'taken';
      request.resume();
    };
    const collect = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxReadBytes) refuse(tooLarge(limits));
      else if (size > maxBodyBytes) chunks.length = 0;
      else chunks.push(chunk);
      if (!isOver && room === 'none' && size > freeBytes) takeRoom().catch(refuse);
    };
    const incomplete = () => {
      refuse(new Refusal(400, 'bad_request', 'The request ended before its body was complete.'));
    };
    request.on('data', collect);
    request.once('error', incomplete);
    request.once('close', () => {
      if (!request.complete) incomplete();
    });
    request.once('end', () => {
      if (isOver) return;
      end();
      resolve({ bytes: Buffer.concat(chunks), giveBack });
    });
  });
}

function tooLarge({ maxBodyBytes }: Limits): Refusal {
  return new Refusal(413, 'payload_too_large', `The body of the request exceeds ${maxBodyBytes} bytes.`);
}
