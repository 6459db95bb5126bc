import type { Failure, Flags } from './event';

/**
 * What a failure means for the address. `about` names the row of the ordered table in Mailgun's reasons
 * and codes; the suppressions say something about the subscriber.
 */
export type Verdict = 'not-a-subscriber' | 'temporary' | 'expired' | 'blocked' | 'unclear' | Suppression;

export type Suppression =
  | 'bounced'
  /** The address is good, but Mailgun has put it on its bounce list. */
  | 'good-but-listed'
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

/** The words of an answer that are codes: alone, or behind an SMTP code and a hyphen. */
function codesIn(text: string | null | undefined): string[] {
  return (text ?? '').split(/[\s()<>[\];,:"'#]+/).flatMap((word) => {
    const code = word.replace(/^[245]\d\d-/, '').replace(/\.$/, '');
    return /^[245]\.[0-7]\.\d{1,3}$/.test(code) ? [code] : [];
  });
}

/** The first rule that fits decides: the order is part of the rules. */
export function classifyFailure(failure: Failure, flags: Flags): Verdict {
  const status =
    failure.statusMissing === true ? { severity: failure.severity, reason: failure.reason } : failure;
  const code = Number(status.code);
  const { reason } = failure;
  const codes = [
    ...codesIn(status.enhancedCode || status.bounceCode),
    ...codesIn(status.message),
    ...codesIn(status.description),
  ];
  const evidence = codes.find((text) => !text.slice(1).startsWith('.0.')) ?? '';

  if (concernsNoSubscriber(flags) || failure.severity === 'internal') return 'not-a-subscriber';
  if (failure.severity === 'temporary') return 'temporary';
  if (reason === 'suppress-unsubscribe' || code === 606) return 'unsubscribed-earlier';
  if (reason === 'suppress-complaint' || code === 607) return 'complained-earlier';
  if (reason === 'suppress-bounce' || code === 605) return 'bounced-earlier';
  if (reason === 'old' || code === 602) return 'expired';
  const isPermanent = failure.severity === 'permanent';
  const isListed = isPermanent && reason === 'bounce' && flags.delayedBounce !== true;
  if (blockReasons.has(reason) || code === 625 || /^\d\.(7\.\d+|1\.[78])$/.test(evidence))
    return isListed ? 'good-but-listed' : 'blocked';
  if (!isPermanent) return 'unclear';
  if (status.bounceType === 'soft' || /^\d\.(2\.2|3\.4|6\.\d+)$/.test(evidence))
    return isListed ? 'good-but-listed' : 'unclear';
  if (status.bounceType === 'hard' || badAddressCodes.has(evidence)) return 'bounced';
  if (reason === 'bounce') return 'bounced';
  if (reason === 'hardfail' && status.code === undefined) return 'suppressed-earlier';
  return 'unclear';
}
