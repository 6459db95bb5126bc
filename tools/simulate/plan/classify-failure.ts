import type { Failure, Flags } from './event';

/**
 * What a failure means for the address. `about` names the row of the ordered table in Mailgun's reasons
 * and codes; only the last three say something about the subscriber.
 */
export type Verdict = 'not-a-subscriber' | 'temporary' | 'expired' | 'blocked' | 'unclear' | Suppression;

export type Suppression =
  | 'bounced'
  | 'bounced-earlier'
  | 'unsubscribed-earlier'
  | 'complained-earlier'
  | 'suppressed-earlier';

const badAddressCodes = new Set(['5.1.0', '5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);
const blockReasons = new Set(['espblock', 'blacklisted', 'greylisted']);

/** True for events about a forward target, a test or one of Mailgun's own callbacks. */
export function concernsNoSubscriber(flags: Flags): boolean {
  return (
    flags.routed === true ||
    flags.testMode === true ||
    flags.systemTest === true ||
    flags.callback === true ||
    flags.webhook === true
  );
}

/** The first rule that fits decides: the order is part of the rules. */
export function classifyFailure(failure: Failure, flags: Flags): Verdict {
  const status =
    failure.statusMissing === true ? { severity: failure.severity, reason: failure.reason } : failure;
  const code = Number(status.code);
  const { reason } = failure;
  const evidence = [status.enhancedCode ?? '', status.bounceCode ?? ''];

  if (concernsNoSubscriber(flags) || failure.severity === 'internal') return 'not-a-subscriber';
  if (failure.severity === 'temporary') return 'temporary';
  if (reason === 'suppress-unsubscribe' || code === 606) return 'unsubscribed-earlier';
  if (reason === 'suppress-complaint' || code === 607) return 'complained-earlier';
  if (reason === 'suppress-bounce' || code === 605) return 'bounced-earlier';
  if (reason === 'old' || code === 602) return 'expired';
  if (blockReasons.has(reason) || code === 625 || evidence.some((text) => /^\d\.7\.\d+$/.test(text))) {
    return 'blocked';
  }
  if (failure.severity !== 'permanent') return 'unclear';
  if (status.bounceType === 'hard' || evidence.some((text) => badAddressCodes.has(text))) return 'bounced';
  if (reason === 'bounce') return 'bounced';
  if (flags.delayedBounce === true && /\b5\.1\.1\b/.test(status.message ?? '')) return 'bounced';
  if (reason === 'hardfail') return 'suppressed-earlier';
  return 'unclear';
}
