import * as v from 'valibot';
import { parseMailbox } from '../events/mailbox';
import { cut } from '../events/text';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { changeSubscriber } from '../subscribers/subscribers';
import { summarise } from '../subscribers/summary';
import { publishSoon } from '../suppressions/feed';
import { addDecision } from '../suppressions/fold';
import { idOf } from '../suppressions/suppression';
import { parseCsv } from './parse-csv';
import { ApiError, parseInput, route } from './route';
import { additionOf } from './suppression-decisions';

/** Lines of one request. */
const maxLines = 1000;

/** Names of columns and what they hold; others are not read. Those of Mailgun's own exports are among them. */
const columnNames: Readonly<Record<string, string>> = {
  address: 'address',
  email: 'address',
  list: 'list',
  domain: 'domain',
  tag: 'tag',
  tags: 'tag',
  mailinglist: 'mailingList',
  since: 'since',
  created_at: 'since',
  until: 'until',
  why: 'why',
  error: 'why',
  detail: 'why',
};

const text = v.string('it must be a text.');
const body = v.strictObject({
  csv: text,
  list: v.optional(v.picklist(['manual', 'bounce', 'unsubscribe', 'complaint']), 'manual'),
  domain: v.optional(text),
  by: v.optional(text),
  why: v.optional(text),
  /** The number of the first line, where a file comes in parts. */
  firstLine: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
});

const line = v.object({
  address: v.optional(text, ''),
  list: v.optional(
    v.picklist(
      ['manual', 'bounce', 'unsubscribe', 'complaint'],
      'it must be manual, bounce, unsubscribe or complaint.',
    ),
  ),
  domain: v.optional(text),
  tag: v.optional(text),
  mailingList: v.optional(text),
  since: v.optional(text),
  until: v.optional(text),
  why: v.optional(text),
});

/** What became of a line. */
interface LineReport {
  line: number;
  given: string;
  email: string | null;
  result: 'added' | 'known' | 'invalid';
  /** Why a line is invalid. */
  detail: string | null;
}

function isoTime(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const ms = Date.parse(given);
  if (Number.isNaN(ms))
    throw new ApiError(
      400,
      'invalid_parameter',
      `"${cut(given, 40)}" is no time: write it like 2026-11-24T04:10:00Z.`,
    );
  return new Date(ms).toISOString();
}

/** Adds the suppression of one line, unless it is there. */
async function importLine(
  connection: Connection,
  cells: Readonly<Record<string, string>>,
  defaults: Omit<v.InferOutput<typeof body>, 'csv' | 'firstLine'>,
): Promise<{ email: string | null; isAdded: boolean; unpublished: number }> {
  const { address, since, until, ...fields } = parseInput(line, cells);
  const email = parseMailbox(address);
  if (email === null) throw new ApiError(400, 'invalid_parameter', 'This is not one mail address.');
  const decision = additionOf(
    { ...defaults, ...fields, since: isoTime(since), until: isoTime(until) },
    'import',
  );
  let isAdded = false;
  const unpublished = await changeSubscriber(
    connection,
    email,
    (before) => {
      const after = addDecision(before, decision, []);
      const known = new Set(before.suppressions.map(idOf));
      isAdded = after.suppressions.some((one) => !known.has(idOf(one)));
      return isAdded ? summarise(after) : before;
    },
    { by: decision.by, why: decision.why },
  );
  return { email, isAdded, unpublished };
}

/**
 * `POST /api/suppressions/import {"csv", "list", "domain", "by", "why"}`: adds what a table of the owner holds, with a
 * report line by line. Can be repeated: what is there is not added again.
 */
export const importSuppressions = route(async (connection, request) => {
  const { csv, firstLine, ...defaults } = parseInput(body, request.body);
  const rows = parseCsv(csv);
  const [head] = rows;
  const named = head?.cells.map((cell) => columnNames[cell.trim().toLowerCase()] ?? null) ?? [];
  const hasHead = named.includes('address');
  // Without a line of names the first column is the address.
  const columns = hasHead ? named : ['address'];
  const lines = hasHead ? rows.slice(1) : rows;
  if (lines.length > maxLines)
    throw new ApiError(
      400,
      'invalid_parameter',
      `The parameter csv is not accepted: send at most ${maxLines} lines at a time.`,
    );
  let unpublished = 0;
  // One after another where an address comes twice: the report says which of the lines has added it.
  const items = await mapWithLimit(lines, async ({ line: number, cells }): Promise<LineReport> => {
    const values = Object.fromEntries(
      columns.flatMap((name, at) => {
        const value = cells[at]?.trim() ?? '';
        return name === null || value === '' ? [] : [[name, value]];
      }),
    );
    const report = { line: number + firstLine - 1, given: values.address ?? cells.join(',') };
    try {
      const { email, isAdded, unpublished: waiting } = await importLine(connection, values, defaults);
      unpublished += waiting;
      return { ...report, email, result: isAdded ? 'added' : 'known', detail: null };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ...report, email: null, result: 'invalid', detail: error.message };
    }
  });
  if (unpublished > 0) await publishSoon(connection);
  const count = (result: LineReport['result']) => items.filter((item) => item.result === result).length;
  return { items, added: count('added'), known: count('known'), invalid: count('invalid') };
});
