import { type AlertLevel, levelOf, type Numbers, type Thresholds } from './level';
import type { Scope } from './scope';

/** What a rule has measured of one scope. */
export interface Measurement extends Numbers {
  readonly scope: Scope;
  /** What a person should know beside the numbers, each a line. */
  readonly details: readonly string[];
}

/** A measurement and what the thresholds say of it. */
export interface Reading extends Measurement {
  /** At which level the rule fires, null when it does not. */
  readonly level: AlertLevel | null;
  /** Whether it is so far below everything that an open alert is over. */
  readonly isClear: boolean;
}

/**
 * How far a number must be below its threshold before an alert is over: a rate on the edge must not open and resolve an
 * alert with every event.
 */
export const clearShare = 0.8;

/** Judges a measurement by thresholds. */
export function judge(measurement: Measurement, thresholds: Thresholds): Reading {
  return {
    ...measurement,
    level: levelOf(measurement, thresholds),
    isClear: levelOf(measurement, thresholds, clearShare) === null,
  };
}

/** What a scope reads of which nothing was measured: no mail, nothing wrong. */
export function nothingOf(scope: Scope): Reading {
  return { scope, value: 0, count: 0, volume: 0, details: [], level: null, isClear: true };
}
