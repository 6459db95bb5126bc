import { blockOf } from '../suppressions/block';
import { decidedAt } from '../suppressions/evidence';
import { refusedTags, type Suppression, type SuppressionList } from '../suppressions/suppression';
import type { Status, Subscriber } from './subscriber';

/** The suppression of a list whose evidence says most, over all domains and scopes. */
function strongest(suppressions: readonly Suppression[], list: SuppressionList): Suppression | null {
  return suppressions
    .filter((one) => one.list === list)
    .reduce<Suppression | null>(
      (best, one) => (best === null || one.evidence < best.evidence ? one : best),
      null,
    );
}

/** The tags and lists of unsubscribes, as Mailgun names them. */
function unsubscribedFrom(suppressions: readonly Suppression[]): string[] {
  const names = suppressions
    // A refusal to send does not say which of its tags the address unsubscribed from.
    .filter(({ list, scope }) => list === 'unsubscribe' && refusedTags(scope) === null)
    .map(({ scope }) => scope.replace(/^(tag|list):/, ''));
  return [...new Set(names)].sort();
}

/** Brings the summary up to what is known: over all domains and scopes, without what ends by itself. */
export function summarise(subscriber: Subscriber): Subscriber {
  const lasting = subscriber.suppressions.filter(({ until }) => until === null);
  const bounce = strongest(lasting, 'bounce');
  const complaint = strongest(lasting, 'complaint');
  const unsubscribe = strongest(lasting, 'unsubscribe');
  const status: Status = complaint
    ? 'complained'
    : unsubscribe
      ? 'unsubscribed'
      : bounce
        ? 'bounced'
        : lasting.length > 0
          ? 'manual'
          : 'active';
  const reactivations = subscriber.decisions
    .filter(
      ({ kind, list, domain, scope }) =>
        kind === 'lift' && list === null && domain === null && scope === null,
    )
    .map(({ at }) => at);
  return {
    ...subscriber,
    status,
    active: status === 'active',
    bounced: bounce !== null,
    doNotEmail: status !== 'active',
    bounceReason: bounce?.detail ?? null,
    bounceDate: bounce && decidedAt(bounce),
    complaintDate: complaint && decidedAt(complaint),
    unsubscribeDate: unsubscribe && decidedAt(unsubscribe),
    unsubscribedFrom: unsubscribedFrom(lasting),
    reactivatedAt: reactivations.sort().at(-1) ?? null,
    doubts: [...new Set(lasting.flatMap((one) => blockOf(one) ?? []))].sort(),
  };
}
