import type { Histogram } from '../statistics/lags';
import type { Facts } from './facts';

/** Names of labels with their values. */
export type Labels = Readonly<Record<string, string>>;

/** One number of a family. */
export interface Sample {
  labels: Labels;
  value: number;
}

interface Described {
  /** As it is asked for, without the `_total` of a counter. */
  name: string;
  /** One sentence: what it counts or measures. */
  help: string;
  /** The labels that each of its samples has. */
  labels: readonly string[];
}

/** A number that only rises, one that rises and falls, or how many observations lie below some bounds. */
export type Family = Described &
  (
    | { type: 'counter' | 'gauge'; samples: (facts: Facts) => readonly Sample[] }
    | {
        type: 'histogram';
        samples: (facts: Facts) => ReadonlyArray<{ labels: Labels; histogram: Histogram }>;
      }
  );

/** The name as a scraper stores it. */
export function storedName({ name, type }: Pick<Family, 'name' | 'type'>): string {
  return type === 'counter' ? `${name}_total` : name;
}
