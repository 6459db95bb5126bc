/** A record's new state: its table, its id, and its text, null when it is removed. */
export interface Written {
  readonly table: string;
  readonly id: string;
  readonly text: string | null;
  /** Whether nothing was stored under this id before, in the database neither. */
  readonly isNew: boolean;
}

/** Fields of a document that have got new values; the others stay as they were. */
export interface Patched {
  readonly table: string;
  readonly id: string;
  /** JSON of the fields. */
  readonly patch: string;
}

export type Change = Written | Patched;

/**
 * A change as a line of the journal: table, id and text with tabs between. The id is written as JSON, and the text
 * is JSON: neither can hold a tab or the end of a line. The first letter tells what it does to the record, and as a
 * capital that the write, which may consist of several changes, ends with it.
 */
export function encodeChange(change: Change, isLast: boolean): string {
  const { table, id } = change;
  const kind = 'patch' in change ? 'p' : change.text === null ? 'd' : change.isNew ? 'n' : 'u';
  const text = 'patch' in change ? change.patch : (change.text ?? '');
  return `${isLast ? kind.toUpperCase() : kind}${table}\t${JSON.stringify(id)}\t${text}\n`;
}

/** What stands in a line, and whether its write ends with it; null for what is no line. */
export function decodeChange(line: string): { change: Change; isLast: boolean } | null {
  const letter = line.charAt(0);
  const kind = letter.toLowerCase();
  const afterTable = line.indexOf('\t');
  const afterId = line.indexOf('\t', afterTable + 1);
  if (!['d', 'n', 'u', 'p'].includes(kind) || afterTable < 2 || afterId < 0) return null;
  const id = readId(line.slice(afterTable + 1, afterId));
  if (id === null) return null;
  const table = line.slice(1, afterTable);
  const text = line.slice(afterId + 1);
  const change: Change =
    kind === 'p'
      ? { table, id, patch: text }
      : { table, id, text: kind === 'd' ? null : text, isNew: kind === 'n' };
  return { change, isLast: letter !== kind };
}

function readId(json: string): string | null {
  // Most ids are their own JSON.
  const plain = /^"([^"\\]*)"$/.exec(json)?.[1];
  if (plain !== undefined) return plain;
  try {
    const id: unknown = JSON.parse(json);
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
