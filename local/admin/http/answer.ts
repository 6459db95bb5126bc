import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hasCode } from '../../files/error-code';
import { describeError, type Log } from '../../runtime/log';

/** What is for the owner alone is kept by no cache. */
const json = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };

/** Answers with JSON. */
export function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { ...json, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

/** How many characters are sent at once. */
const chunkLength = 64 * 1024;

/**
 * Answers with a JSON array, as fast as the client reads it.
 * @throws what the items throw before the first of them; later the connection is cut, so that nobody takes
 *   the array for complete, and the log says why.
 */
export async function answerArray(
  response: ServerResponse,
  items: AsyncIterable<unknown>,
  log: Log,
): Promise<void> {
  const chunks = arrayText(items);
  const first = await chunks.next();
  response.writeHead(200, json);
  const text = async function* () {
    yield first.value ?? '';
    yield* chunks;
  };
  try {
    // One piece ahead: by itself it would gather sixteen, whatever their size.
    await pipeline(Readable.from(text(), { highWaterMark: 1 }), response);
  } catch (error) {
    response.destroy();
    // A client that goes away is no failure.
    if (!hasCode(error, 'ERR_STREAM_PREMATURE_CLOSE'))
      log({ level: 'error', text: `An export broke off: ${describeError(error)}` });
  }
}

async function* arrayText(items: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  let text = '[';
  let separator = '';
  for await (const item of items) {
    text += separator + JSON.stringify(item);
    separator = ',\n';
    if (text.length >= chunkLength) {
      yield text;
      text = '';
    }
  }
  yield `${text}]`;
}
