import { type Counts, missedByWebhook, withZeros } from '../statistics/counters';
import { dimensionOf, nameOfDimension } from '../statistics/dimension';
import { failureGroupOf } from '../statistics/failure-group';
import type { Measure } from './rules';
import type { Scope } from './scope';
import type { WindowCounts } from './window';

/** The parts of a share: how many, of how many. */
export interface Share {
  readonly count: number;
  readonly volume: number;
}

type SpecialShare = Extract<Measure, { kind: 'specialShare' }>['name'];

/** How often each provider has refused mail because of its sender. */
function blockedByProvider(window: WindowCounts): Map<string, number> {
  const blocked = new Map<string, number>();
  for (const [dimension, { failures = 0 }] of window) {
    const group = failureGroupOf(dimension);
    if (group?.classification !== 'sender_blocked') continue;
    blocked.set(group.provider, (blocked.get(group.provider) ?? 0) + failures);
  }
  return blocked;
}

function senderBlocked(window: WindowCounts): Map<Scope, Share> {
  const blocked = blockedByProvider(window);
  return new Map(
    [...blocked].map(([provider, count]) => {
      const scope = dimensionOf('provider', provider);
      return [scope, { count, volume: withZeros(window.get(scope) ?? {}).sent }];
    }),
  );
}

function webhooksMiss(window: WindowCounts): Map<Scope, Share> {
  const shares = new Map<Scope, Share>();
  for (const [dimension, counts] of window) {
    const domain = nameOfDimension('backfill', dimension);
    if (domain === null) continue;
    const scope = dimensionOf('domain', domain);
    const all: Counts = window.get(scope) ?? {};
    shares.set(scope, { count: missedByWebhook(counts), volume: missedByWebhook(all) });
  }
  return shares;
}

/** Shares whose numerator is no counter, by scope. */
export const specialShares: Record<SpecialShare, (window: WindowCounts) => Map<Scope, Share>> = {
  senderBlocked,
  webhooksMiss,
};
