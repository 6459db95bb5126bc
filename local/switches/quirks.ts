import type { Switch } from './switch';
import { switchTable } from './switch-table';

type Table = typeof switchTable;

/** A value for every switch: how the platform behaves where nobody documents it. */
export type Quirks = {
  [Name in keyof Table]: Table[Name] extends Switch<infer Value> ? Value : never;
};

/** Every switch by its name, in the order of the table. */
export const switches: ReadonlyMap<string, Switch<string | number>> = new Map(Object.entries(switchTable));

/**
 * The harshest answer to every question, which is the default. The type is that of the same table, whose keys
 * `fromEntries` forgets.
 */
export const harshest = Object.fromEntries(
  [...switches].map(([name, { harshest: value }]) => [name, value]),
) as Readonly<Quirks>;
