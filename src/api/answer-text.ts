import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { httpRequest, httpResponse } from 'codehooks-js';

/** Text that is gathered before it is sent, in characters. */
const chunkLength = 64 * 1024;

/** A text in parts; no character is cut in halves, because each part is encoded by itself. */
function* partsOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = at + chunkLength;
    const part = text.slice(at, /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end);
    yield part;
    at += part.length;
  }
}

/** Lines as texts that are worth sending. */
async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let text = '';
  for await (const line of lines) {
    text += line;
    if (text.length < chunkLength) continue;
    // A line of a megabyte goes in parts as well: what is handed over waits in memory until it is read.
    yield* partsOf(text);
    text = '';
  }
  yield text;
}

/** Whether the reader of an answer takes it compressed (RFC 9110, section 12.5.3). */
export function takesGzip(header: unknown): boolean {
  const codings = String(header ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.replaceAll(/\s/g, '').split(';'));
  const named = codings.find(([name]) => name === 'gzip') ?? codings.find(([name]) => name === '*');
  return named !== undefined && !named.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
}

/** Node's zlib; null where the platform has none to give. Not imported: a bundle that asks in vain does not load. */
function compression() {
  const { getBuiltinModule }: { getBuiltinModule?: typeof process.getBuiltinModule } = process;
  return getBuiltinModule?.('node:zlib') ?? null;
}

/**
 * Answers with text, written as it is read; compressed where the reader takes it and the platform hands over the stream of
 * the response. Then a slow reader also slows the reading, and memory stays flat.
 * @param lines never throws: the status is on its way already
 */
export async function answerText(
  request: httpRequest,
  response: httpResponse,
  contentType: string,
  lines: AsyncIterable<string>,
): Promise<void> {
  response.set('content-type', contentType);
  response.set('content-disposition', 'attachment');
  response.set('vary', 'accept-encoding');
  const target: unknown = 'writable' in response ? response.writable : undefined;
  if (!(target instanceof Writable)) {
    for await (const text of inChunks(lines)) response.write(text);
    response.end();
    return;
  }
  // One text ahead of the reader, not sixteen: there may be many slow ones.
  const source = Readable.from(inChunks(lines), { highWaterMark: 1 });
  const zlib = takesGzip(request.headers['accept-encoding']) ? compression() : null;
  if (zlib === null) return pipeline(source, target);
  response.set('content-encoding', 'gzip');
  return pipeline(source, zlib.createGzip(), target);
}
