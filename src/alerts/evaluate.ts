import { withZeros } from '../statistics/counters';
import { shareOf } from './level';
import { judge, type Measurement, type Reading } from './reading';
import { isOff, type Measure, type RuleInForce } from './rules';
import { describeScope, kindOfScope, type Scope } from './scope';
import { type Share, specialShares } from './special-shares';
import type { WindowCounts } from './window';

type SharedMeasure = Extract<Measure, { kind: 'share' | 'specialShare' }>;
/** A rule that measures a share of the mail of a window. */
export type ShareRule = RuleInForce & { readonly measure: SharedMeasure };

export function isShareRule(rule: RuleInForce): rule is ShareRule {
  return rule.measure.kind === 'share' || rule.measure.kind === 'specialShare';
}

/** How many of the largest parts of all mail an alert names. */
const maxNamed = 3;

function sharesOf(measure: SharedMeasure, window: WindowCounts): Map<Scope, Share> {
  if (measure.kind === 'specialShare') return specialShares[measure.name](window);
  const shares = new Map<Scope, Share>();
  for (const [scope, counts] of window) {
    if (kindOfScope(scope) === null) continue;
    shares.set(scope, shareOf(measure, withZeros(counts)));
  }
  return shares;
}

/** Where most of it comes from, for an alert about all mail. */
function largestParts(shares: ReadonlyMap<Scope, Share>): string[] {
  const parts = [...shares].filter(([scope, { count }]) => kindOfScope(scope) !== 'all' && count > 0);
  return parts
    .sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
    .slice(0, maxNamed)
    .map(([scope, { count, volume }]) => `${describeScope(scope)}: ${count} of ${volume}`);
}

/**
 * What a rule reads off the counters of its window: one reading for each scope that has any mail.
 * @param window the counters of the rule's hours
 */
export function evaluate(rule: ShareRule, window: WindowCounts): Reading[] {
  if (isOff(rule)) return [];
  const shares = sharesOf(rule.measure, window);
  const readings: Reading[] = [];
  for (const [scope, { count, volume }] of shares) {
    const kind = kindOfScope(scope);
    if (kind === null || volume === 0 || !rule.scopes.includes(kind)) continue;
    const measurement: Measurement = { scope, value: count / volume, count, volume, details: [] };
    const reading = judge(measurement, rule.thresholds);
    const names = kind === 'all' && reading.level !== null ? largestParts(shares) : [];
    readings.push(names.length === 0 ? reading : { ...reading, details: names });
  }
  return readings;
}
