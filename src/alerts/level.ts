/** How bad it is. A warning is for this day, a critical alert for this hour. */
export const alertLevels = ['warn', 'critical'] as const;
export type AlertLevel = (typeof alertLevels)[number];

/** From when on a rule fires. */
export interface Thresholds {
  /** Null: not at this level. A rule without both is off. */
  readonly warn: number | null;
  readonly critical: number | null;
  /** Least number of messages, or of what else is looked at, below which a share says nothing. */
  readonly minVolume: number;
  /** Least number of those that count against it. */
  readonly minCount: number;
  /** The hours that are looked at: the current one and so many minus one before it. */
  readonly windowHours: number;
}

/** The numbers of one scope that thresholds are held against. */
export interface Numbers {
  readonly value: number;
  /** How many count against it, and of how many. */
  readonly count: number;
  readonly volume: number;
}

/** The share that a rule measures, from 0 to 1, of some counters; 0 where there is no mail. */
export function shareOf<Counter extends string>(
  { of, per }: { readonly of: Counter; readonly per: readonly Counter[] },
  counters: Readonly<Record<Counter, number>>,
): Numbers {
  const count = counters[of];
  const volume = per.reduce((sum, counter) => sum + counters[counter], 0);
  return { value: volume === 0 ? 0 : count / volume, count, volume };
}

/**
 * At which level thresholds fire, null when they do not. The page marks its rates by it too, so that no rate is marked
 * by another rule than the one that opens an alert.
 * @param part of the thresholds that is enough
 */
export function levelOf(
  { value, count, volume }: Numbers,
  { warn, critical, minVolume, minCount }: Omit<Thresholds, 'windowHours'>,
  part = 1,
): AlertLevel | null {
  if (volume < minVolume * part || count < minCount * part) return null;
  if (critical !== null && value >= critical * part) return 'critical';
  return warn !== null && value >= warn * part ? 'warn' : null;
}
