import * as v from 'valibot';
import { type RateName, rateTable } from './counter-table';
import { type Counts, withZeros } from './counters';

/** Shares between 0 and 1, null where there is nothing to divide by. */
export type Rates = Record<RateName, number | null>;

/** The names of all rates. */
export const rateNames: readonly RateName[] = rateTable.map(({ name }) => name);

const unknown = v.getDefaults(
  v.object(v.entriesFromList(rateNames, v.optional(v.nullable(v.number()), null))),
);

/** The rates of a total, a campaign or a day, by the formulas of the table. */
export function ratesOf(counts: Counts): Rates {
  const numbers = withZeros(counts);
  const rates: Rates = { ...unknown };
  for (const { name, of, per } of rateTable)
    rates[name] = numbers[per] === 0 ? null : numbers[of] / numbers[per];
  return rates;
}
