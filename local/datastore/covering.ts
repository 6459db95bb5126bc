import type { Json, StoredDocument } from '../connection';
import { type Cell, textAt } from './database';
import type { Plan } from './planner';
import type { CompiledQuery } from './query';
import { type RowReader, type Selected, wholeDocuments } from './scan';
import { decodeText } from './text';

/** SQLite's way to write minus infinity, the cell of what is null or missing. */
const nullCell = '-9e999';

function fromCell(cell: Cell | undefined): Json | undefined {
  if (typeof cell === 'string') return decodeText(cell);
  return typeof cell === 'number' ? cell : undefined;
}

/**
 * Reads what is wanted from the entries of an index, where they hold it and decide the query, so that a
 * thousand documents are not parsed for one field of each. Where an entry does not say it all (whether a
 * field is null or missing, whether it is true or an object), the document itself is read.
 * @param fields that are wanted beside the id
 * @returns null when the index does not hold them
 */
export function coveringReader(
  plan: Plan,
  query: CompiledQuery,
  fields: readonly string[],
): RowReader<Selected> | null {
  const { index, fields: held, columns } = plan.path;
  const { fixed } = query;
  if (!index || index.irregular.includes(true) || !fixed) return null;
  const width = plan.segments[0]?.length ?? 0;
  const decided = held.slice(0, width);
  if (![...fixed.equal, ...fixed.missing].every((field) => decided.includes(field))) return null;
  const wanted = fields.filter((field) => field !== '_id' && !fixed.missing.includes(field));
  // What lies deeper in a document must come out as it lies there.
  if (!wanted.every((field) => held.includes(field) && !field.includes('.'))) return null;

  const doubts = [
    ...fixed.missing.map(() => 'instr(d.doc, ?)'),
    ...wanted
      .map((field) => columns[held.indexOf(field)])
      .map((column) => `${column} = ${nullCell} OR typeof(${column}) = 'blob'`),
  ];
  const whole = wholeDocuments(query, plan);
  return {
    columns: [doubts.length === 0 ? 'NULL' : `iif(${doubts.join(' OR ')}, d.doc, NULL)`, 'd.id'],
    parameters: fixed.missing.map((field) => `${JSON.stringify(field)}:`),
    read: (row, segment, rest) => {
      if (row[0] !== null) return whole.read(row, segment, rest);
      const cells = [...segment, ...rest(row)];
      const document: StoredDocument = { _id: decodeText(textAt(row, 1)) };
      for (const field of wanted) {
        const value = fromCell(cells[held.indexOf(field)]);
        if (value !== undefined) document[field] = value;
      }
      return { document };
    },
  };
}
