import * as v from 'valibot';
import { entriesOf, type Fields, type Told } from './field';
import type { FormFields } from './form';
import { readNumber, readText } from './value';

/** Reads a text from a value of any kind; null for a value that is no text. */
type ReadText = (value: unknown) => string | null;

/** Reads the fields of a table that are kept as told; null for those that have no place in the source. */
function reader<Source, Table extends Fields>(
  table: Table,
  readersOf: (told: Told) => readonly ((source: Source) => unknown)[],
  textOf: ReadText = readText,
) {
  const schema = v.object(entriesOf(table));
  const rows = Object.entries<Fields[string]>(table).map(([name, { kind, told }]) => ({
    name,
    read: kind === 'count' ? readNumber : textOf,
    places: told ? readersOf(told) : [],
  }));
  return (source: Source) => {
    const values: Record<string, string | number | null> = {};
    for (const { name, read, places } of rows) {
      let value: string | number | null = null;
      for (const place of places) value ??= read(place(source));
      values[name] = value;
    }
    return v.parse(schema, values);
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** What stands at a path in an object that was parsed from JSON. */
function valueAt(source: unknown, path: readonly string[]): unknown {
  let value = source;
  for (const name of path) value = isObject(value) ? value[name] : null;
  return value;
}

/** A function that reads the fields of a table from `event-data`, or from the object of their group. @param textOf reads a text */
export function jsonReader<Table extends Fields>(table: Table, textOf?: ReadText) {
  const readersOf = ({ json }: Told) =>
    json.map((place) => {
      const path = place.split('.');
      return (source: unknown) => valueAt(source, path);
    });
  return reader(table, readersOf, textOf);
}

/** A function that reads the fields of a table from a legacy form. @param textOf reads a text */
export function formReader<Table extends Fields>(table: Table, textOf?: ReadText) {
  const readersOf = ({ form = [] }: Told) => form.map((name) => (source: FormFields) => source.first(name));
  return reader(table, readersOf, textOf);
}

/** The names in a legacy form of the fields of some tables. */
export function formNamesOf(...tables: readonly Fields[]): string[] {
  return tables.flatMap((table) => Object.values(table).flatMap(({ told }) => told?.form ?? []));
}
