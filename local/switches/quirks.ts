import type { Switch } from './switch';
import { switchTable } from './switch-table';

type Table = typeof switchTable;

/** A value for every switch: how the platform behaves where it promises nothing. */
export type Quirks = {
  [Name in keyof Table]: Table[Name] extends Switch<infer Value> ? Value : never;
};

/** Every switch by its name, in the order of the table. */
export const switches: ReadonlyMap<string, Switch<string | number>> = new Map(Object.entries(switchTable));

// The type is that of the same table, whose keys `fromEntries` forgets.
const valuesBy = (pick: (one: Switch<string | number>) => string | number) =>
  Object.fromEntries([...switches].map(([name, one]) => [name, pick(one)])) as Readonly<Quirks>;

/** What is known of the platform, and the harshest answer that an app can do with where nothing is. The default. */
export const usual = valuesBy((one) => one.usual);

/** The harshest answer to every question. */
export const harshest = valuesBy((one) => one.harshest);
