import type { Failure, Flags } from './event';

/** What a failure means for the address, in the words of the API; each is a row of an ordered table. */
export type FailureClass =
  | 'not_about_address'
  | 'temporary'
  | 'suppressed_unsubscribe'
  | 'suppressed_complaint'
  | 'suppressed_bounce'
  | 'expired'
  | 'sender_blocked'
  | 'soft_bounce'
  | 'delayed_bounce'
  | 'hard_bounce'
  | 'bounce'
  | 'suppressed_earlier'
  | 'unclassified';

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

/** All codes that a failure tells, the most trustworthy first. */
function codesOf({ enhancedCode, bounceCode, message, description, statusMissing }: Failure): string[] {
  if (statusMissing === true) return [];
  return [...codesIn(enhancedCode || bounceCode), ...codesIn(message), ...codesIn(description)];
}

/** A code such as `5.0.0` says no more than that it failed. */
const saysSomething = (code: string) => !code.slice(1).startsWith('.0.');

/** The code that tells a person most of why a message failed; null when there is none. */
export function codeOfFailure(failure: Failure): string | null {
  if (failure.statusMissing === true) return null;
  const codes = codesOf(failure);
  const numbers = [failure.lastCode, failure.code].map(String).filter((code) => /^[1-9]\d\d$/.test(code));
  return [...codesIn(failure.lastMessage), ...codes.filter(saysSomething), ...codes, ...numbers][0] ?? null;
}

/** Whether Mailgun puts the address on its bounce list. */
export function isListed({ severity, reason }: Failure, flags: Flags): boolean {
  return severity === 'permanent' && reason === 'bounce' && flags.delayedBounce !== true;
}

/** The first rule that fits decides: the order is part of the rules. */
export function classifyFailure(failure: Failure, flags: Flags): FailureClass {
  const { severity, reason } = failure;
  const status: Partial<Failure> = failure.statusMissing === true ? {} : failure;
  const code = Number(status.code);
  const evidence = codesOf(failure).find(saysSomething) ?? '';

  if (concernsNoSubscriber(flags) || severity === 'internal') return 'not_about_address';
  if (severity === 'temporary') return 'temporary';
  if (reason === 'suppress-unsubscribe' || code === 606) return 'suppressed_unsubscribe';
  if (reason === 'suppress-complaint' || code === 607) return 'suppressed_complaint';
  if (reason === 'suppress-bounce' || code === 605) return 'suppressed_bounce';
  if (reason === 'old' || code === 602) return 'expired';
  if (blockReasons.has(reason) || code === 625 || /^\d\.(7\.\d+|1\.[78])$/.test(evidence))
    return 'sender_blocked';
  if (severity === 'permanent') {
    if (status.bounceType === 'soft' || /^\d\.(2\.2|3\.4|6\.\d+)$/.test(evidence)) return 'soft_bounce';
    const isHard = status.bounceType === 'hard' || badAddressCodes.has(evidence);
    if (flags.delayedBounce === true && (isHard || reason === 'bounce')) return 'delayed_bounce';
    if (isHard) return 'hard_bounce';
    if (reason === 'bounce') return 'bounce';
    if (reason === 'generic') return 'soft_bounce';
  }
  if (reason === 'hardfail' && status.code === undefined) return 'suppressed_earlier';
  return 'unclassified';
}
