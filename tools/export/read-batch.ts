import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';
import type { FoundSpace } from '../find-space';

// The cursor and the day become names of files: what is of another form could lead out of the folder.
const exported = v.looseObject({
  cursor: v.pipe(v.string(), v.regex(/^\d{1,12}\.\d{1,6}$/)),
  key: v.string(),
  occurredAt: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}T/)),
});

/** An event as the export of a space gives it. */
export type ExportedEvent = v.InferOutput<typeof exported>;

/** One event with its line, without a line break. */
export interface ExportedLine {
  readonly event: ExportedEvent;
  readonly line: string;
}

const refusal = v.object({ error: v.string(), detail: v.string() });

/** How often a space that does not answer is asked, and how long is waited in between. */
const [maxTries, pauseMs] = [5, 2000];
/** An answer of which nothing comes for so long is given up. */
const silenceMs = 60_000;

/** Whole lines of a stream; what stands behind the last line break is no line. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of body) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error('the answer holds a line that is no JSON');
  }
}

/** Reads events into a list, as many as come; what ends it early is thrown behind them. */
async function readInto(read: ExportedLine[], url: URL, apiKey: string): Promise<void> {
  const silence = new AbortController();
  const watch = setTimeout(() => silence.abort(new Error('no answer in time')), silenceMs);
  try {
    const answer = await fetch(url, {
      headers: { 'x-apikey': apiKey },
      signal: silence.signal,
      redirect: 'error',
    });
    if (answer.status === 401 || answer.status === 403) throw new CannotRun('The space refuses the API key.');
    if (answer.status === 404)
      throw new CannotRun(`${url.origin} has no ${url.pathname}: look at --url, or deploy the app anew.`);
    if (answer.status !== 200 || answer.body === null) {
      const said = v.safeParse(refusal, await answer.json().catch(() => null));
      const detail = said.success ? said.output.detail : `it answers ${answer.status}`;
      throw answer.status === 400 ? new CannotRun(detail) : new Error(detail);
    }
    for await (const line of linesOf(answer.body)) {
      watch.refresh();
      const value = parsedLine(line);
      const event = v.safeParse(exported, value);
      if (event.success) read.push({ event: event.output, line });
      else {
        const broken = v.safeParse(refusal, value);
        throw new Error(broken.success ? broken.output.detail : 'the answer holds a line that is no event');
      }
    }
  } finally {
    clearTimeout(watch);
  }
}

/**
 * Reads on behind a cursor, at most `limit` events. An answer that breaks off counts as far as it came.
 * @returns none at the end
 * @throws CannotRun when the space refuses, or gives nothing although it was asked several times
 */
export async function readBatch(
  space: Pick<FoundSpace, 'url' | 'apiKey'>,
  { after, limit, withOriginal }: { after: string; limit: number; withOriginal: boolean },
): Promise<ExportedLine[]> {
  const url = new URL(`${space.url}/api/events.ndjson`);
  const original = withOriginal ? 'yes' : 'no';
  url.search = new URLSearchParams({ after, limit: String(limit), original }).toString();
  for (let tries = 1; ; tries += 1) {
    const read: ExportedLine[] = [];
    try {
      await readInto(read, url, space.apiKey);
      return read;
    } catch (error) {
      if (error instanceof CannotRun) throw error;
      if (read.length > 0) return read;
      const reason = error instanceof Error ? error.message : String(error);
      if (tries === maxTries)
        throw new CannotRun(
          `The space ${space.url} gives no events (${reason}). Run the export again later.`,
        );
      await pause(pauseMs);
    }
  }
}
