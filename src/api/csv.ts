import type { httpRequest, httpResponse } from 'codehooks-js';
import { log, reasonOf } from '../log';
import { answerText } from './answer-text';

/** Who reads a table: a person in a spreadsheet, or a program that takes every cell as it is. */
export type Reader = 'spreadsheet' | 'program';

/**
 * Where a spreadsheet begins a formula: at the signs, full-width ones too, in front of a cell. Which sign separates
 * cells depends on the language of its user, so that a cell may begin behind `;`, a tab or a line break as well.
 */
const behindSeparator = /([;\t\r\n])(?=[\s"]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;
const atBeginning = /^(?=[\s"]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r])/;

/**
 * A cell as RFC 4180 wants it. An apostrophe makes text of what a spreadsheet would take for a formula: addresses,
 * subjects and tags are other people's. A program would take the apostrophe for a part.
 */
function cell(value: unknown, reader: Reader): string {
  const text =
    typeof value === 'string'
      ? reader === 'program'
        ? value
        : value.replace(behindSeparator, "$1'").replace(atBeginning, "'")
      : value === null || value === undefined
        ? ''
        : Array.isArray(value)
          ? cell(value.join(', '), reader)
          : String(value);
  return Array.isArray(value) || !/[",\r\n]/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

/** Field of an item by its path, such as `deliveryStatus.code`. */
function field(item: object, path: string): unknown {
  const [name = '', ...rest] = path.split('.');
  const value: unknown = Object.hasOwn(item, name) ? Reflect.get(item, name) : undefined;
  if (rest.length === 0) return value;
  return typeof value === 'object' && value !== null ? field(value, rest.join('.')) : undefined;
}

async function* linesOf(
  columns: readonly string[],
  first: IteratorResult<object>,
  rest: AsyncGenerator<object>,
  reader: Reader,
): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  try {
    for (let item = first; !item.done; item = await rest.next())
      yield `${columns.map((column) => cell(field(item.value, column), reader)).join(',')}\r\n`;
  } catch (error) {
    // The status is on its way: nothing but the text itself can say that it is not the whole.
    log.error('csv broke off', { error: reasonOf(error) });
    yield 'This list is incomplete: the data could not be read to its end. Ask for it again.\r\n';
  }
}

/**
 * Answers with a table, see {@link answerText}.
 * @param columns paths into the items, which are also the names of the columns
 * @throws when the first item cannot be read
 */
export async function writeCsv(
  request: httpRequest,
  response: httpResponse,
  columns: readonly string[],
  items: AsyncGenerator<object>,
  reader: Reader = 'spreadsheet',
): Promise<void> {
  // Read before anything is sent, so that an error can still be answered as one.
  const lines = linesOf(columns, await items.next(), items, reader);
  await answerText(request, response, 'text/csv; charset=utf-8', lines);
}
