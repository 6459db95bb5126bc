import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { type FedEvent, type FeedPosition, readFeed } from '../event-log/feed';
import { presentEvent } from '../event-log/present-event';
import type { StoredEvent } from '../event-log/stored-event';
import { log, reasonOf } from '../log';
import { answerText } from './answer-text';
import { writeCsv } from './csv';
import { eventColumns, events } from './events';
import { answerErrors, parseInput } from './route';

const parameters = v.strictObject({
  after: v.optional(
    v.pipe(v.string(), v.regex(/^(\d{1,12}\.\d{1,6})?$/, 'it must be a cursor of this export.')),
    '',
  ),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,6}$/, 'it must be a whole number from 1 to 9999999.'),
      v.transform(Number),
    ),
  ),
  original: v.optional(v.picklist(['yes', 'no'], 'it must be yes or no.'), 'no'),
});
type Input = v.InferOutput<typeof parameters>;

function positionOf(cursor: string): FeedPosition {
  const [slot = 0, passed = 0] = cursor.split('.').map(Number);
  return { slot, events: passed };
}

const cursorOf = ({ slot, events: passed }: FeedPosition): string => `${slot}.${passed}`;

const originalOf = ({ raw }: StoredEvent): string | null => (raw === '' ? null : raw);

/** The variables as JSON; as text where they are none. */
function variablesOf({ userVariables }: StoredEvent): unknown {
  if (userVariables === null) return null;
  try {
    return JSON.parse(userVariables);
  } catch {
    return userVariables;
  }
}

/** A line of NDJSON. */
function lineOf({ event, next }: FedEvent, withOriginal: boolean): string {
  const fields = {
    cursor: cursorOf(next),
    ...presentEvent(event),
    userVariables: variablesOf(event),
    ...(withOriginal && { raw: originalOf(event) }),
  };
  return `${JSON.stringify(fields)}\n`;
}

async function* atMost<Item>(items: AsyncGenerator<Item>, limit: number): AsyncGenerator<Item> {
  let left = limit;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}

async function* linesOf(
  first: IteratorResult<FedEvent>,
  rest: AsyncGenerator<FedEvent>,
  withOriginal: boolean,
): AsyncGenerator<string> {
  try {
    for (let item = first; !item.done; item = await rest.next()) yield lineOf(item.value, withOriginal);
  } catch (error) {
    // The status is on its way: nothing but the text itself can say that it is not the whole.
    log.error('export broke off', { error: reasonOf(error) });
    const detail =
      'The data could not be read to its end. Ask for the rest with the cursor of the last event as after.';
    yield `${JSON.stringify({ error: 'unavailable', detail })}\n`;
  }
}

/** `GET /api/events.ndjson?after=&limit=&original=`: every event in the order in which it was stored, one a line. */
export const getEventsNdjson = answerErrors(async (connection, request, response) => {
  const { after, limit = Number.POSITIVE_INFINITY, original } = parseInput(parameters, request.query);
  const fed = atMost(readFeed(connection, positionOf(after)), limit);
  // Read before anything is sent, so that an error can still be answered as one.
  const lines = linesOf(await fed.next(), fed, original === 'yes');
  await answerText(request, response, 'application/x-ndjson; charset=utf-8', lines);
});

/** Columns of the export as CSV. */
const feedColumns = ['cursor', ...eventColumns, 'userVariables'] as const;

async function* rowsOf(fed: AsyncGenerator<FedEvent>): AsyncGenerator<object> {
  for await (const { event, next } of fed)
    yield { cursor: cursorOf(next), ...presentEvent(event), raw: originalOf(event) };
}

const getFeedCsv = answerErrors(async (connection, request, response) => {
  const { after, limit = Number.POSITIVE_INFINITY, original }: Input = parseInput(parameters, request.query);
  const fed = atMost(readFeed(connection, positionOf(after)), limit);
  const columns = original === 'yes' ? [...feedColumns, 'raw'] : feedColumns;
  await writeCsv(request, response, columns, rowsOf(fed));
});

/** `GET /api/events.csv`: what its filters match, newest first; with a parameter of {@link getEventsNdjson} the same as that. */
export function getEventsCsv(request: httpRequest, response: httpResponse): Promise<void> {
  const isExport = Object.keys(parameters.entries).some((name) => Object.hasOwn(request.query ?? {}, name));
  return isExport ? getFeedCsv(request, response) : events.csv(request, response);
}
