import { collectEvidence, type Evidence, type Failure } from './evidence';

/** The row of the table below that decided. */
export type FailureClass = (typeof rows)[number]['name'];

/** What a failure of a class says. The first two are apart: Mailgun lists good addresses too, and not all bad ones. */
export interface FailureMeaning {
  /** Whether the address is now on one of Mailgun's suppression lists of the sending domain. */
  readonly listedByMailgun: boolean;
  /** Whether mail to the address can never arrive; null when the failure does not tell. */
  readonly addressIsBad: boolean | null;
  /** The state that it puts the address in, null for none: whatever is listed or bad is not written to. */
  readonly suppresses: 'bounced' | 'unsubscribed' | 'complained' | null;
}

/** RFC 3463: the mailbox or its domain does not exist, moved, or is disabled. */
const badAddressCodes = new Set(['5.1.0', '5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);
/** RFC 3463: the sender's address (x.1.7, x.1.8) or a policy against the sender (x.7.x). */
const isSenderCode = (code: string) => /^\d\.(1\.[78]|7\.\d+)$/.test(code);
/** RFC 3463: mailbox full, message too big, content. The same address takes another mail at another time. */
const isSoftCode = (code: string) => /^\d\.(2\.2|3\.4|6\.\d+)$/.test(code);
/** Mailgun's words for a provider that refuses the sender. */
const blockReasons = new Set(['espblock', 'blacklisted', 'greylisted']);

const isPermanent = (e: Evidence) => e.severity === 'permanent';
const isAboutSender = (e: Evidence) =>
  blockReasons.has(e.reason ?? '') || isSenderCode(e.enhancedCode) || e.code === 625;
const isSoft = (e: Evidence) => isSoftCode(e.enhancedCode) || e.bounceType === 'soft';
const isHard = (e: Evidence) => badAddressCodes.has(e.enhancedCode) || e.bounceType === 'hard';

/**
 * What a failure means, first match wins. The order matters: Mailgun's own refusals (605 to 607) and expiries come
 * before the codes of the receiving server, and what speaks against a bad address before what speaks for one.
 * `listed` says whether the address is then on one of Mailgun's lists; `by reason` is Mailgun's rule, see
 * {@link meaningOf}.
 */
const rows = [
  {
    name: 'not_about_address',
    listed: 'no',
    addressIsBad: null,
    matches: (e: Evidence) => e.callback || e.routed || e.test || e.severity === 'internal',
  },
  {
    name: 'temporary',
    listed: 'no',
    addressIsBad: null,
    matches: (e: Evidence) => e.severity === 'temporary',
  },
  {
    name: 'suppressed_unsubscribe',
    listed: 'yes',
    addressIsBad: null,
    matches: (e: Evidence) => e.reason === 'suppress-unsubscribe' || e.code === 606,
  },
  {
    name: 'suppressed_complaint',
    listed: 'yes',
    addressIsBad: null,
    matches: (e: Evidence) => e.reason === 'suppress-complaint' || e.code === 607,
  },
  {
    name: 'suppressed_bounce',
    listed: 'yes',
    addressIsBad: null,
    matches: (e: Evidence) => e.reason === 'suppress-bounce' || e.code === 605,
  },
  {
    name: 'expired',
    listed: 'no',
    addressIsBad: null,
    matches: (e: Evidence) => e.reason === 'old' || e.code === 602,
  },
  { name: 'sender_blocked', listed: 'by reason', addressIsBad: false, matches: isAboutSender },
  {
    name: 'soft_bounce',
    listed: 'by reason',
    addressIsBad: false,
    matches: (e: Evidence) => isPermanent(e) && (isSoft(e) || (e.reason === 'generic' && !isHard(e))),
  },
  {
    name: 'delayed_bounce',
    listed: 'no',
    addressIsBad: true,
    matches: (e: Evidence) => isPermanent(e) && e.delayedBounce && (isHard(e) || e.reason === 'bounce'),
  },
  {
    name: 'hard_bounce',
    listed: 'by reason',
    addressIsBad: true,
    matches: (e: Evidence) => isPermanent(e) && isHard(e),
  },
  {
    // Nothing but Mailgun's word. It takes these for hard, although old samples show a few that are not.
    name: 'bounce',
    listed: 'by reason',
    addressIsBad: true,
    matches: (e: Evidence) => isPermanent(e) && e.reason === 'bounce',
  },
  {
    // Legacy `dropped`: suppressed earlier, but the form does not say by which of Mailgun's lists.
    name: 'suppressed_earlier',
    listed: 'yes',
    addressIsBad: null,
    matches: (e: Evidence) => e.reason === 'hardfail' && e.code === null,
  },
  { name: 'unclassified', listed: 'no', addressIsBad: null, matches: () => true },
] as const;

const byName = new Map<string, (typeof rows)[number]>(rows.map((row) => [row.name, row]));

/** Names of all rows, in order. */
export const failureClasses = rows.map((row) => row.name);

/** Decides which row of the table a `failed` event falls under. */
export function classifyFailure(failure: Failure): FailureClass {
  const evidence = collectEvidence(failure);
  return rows.find((row) => row.matches(evidence))?.name ?? 'unclassified';
}

/** Whether a failure of a class says that mail to the address can never arrive; null when it does not tell. */
export function isAddressBad(classification: string): boolean | null {
  return byName.get(classification)?.addressIsBad ?? null;
}

/** The states of the classes that repeat what one of Mailgun's lists says; a bounce puts an address in `bounced`. */
const statesOfLists: { readonly [Name in FailureClass]?: 'unsubscribed' | 'complained' } = {
  suppressed_unsubscribe: 'unsubscribed',
  suppressed_complaint: 'complained',
};

/** What a failure means for its address, given the row that it falls under. */
export function meaningOf(
  failure: Pick<Failure, 'severity' | 'reason' | 'flags'> & { classification: FailureClass },
): FailureMeaning {
  const { severity, reason, flags, classification } = failure;
  const listed = byName.get(classification)?.listed ?? 'no';
  const addressIsBad = isAddressBad(classification);
  // Mailgun puts exactly these on the bounce list of the sending domain, whatever their code says.
  const isHardForMailgun = severity === 'permanent' && reason === 'bounce' && !flags.delayedBounce;
  const listedByMailgun = listed === 'yes' || (listed === 'by reason' && isHardForMailgun);
  const isSuppressed = listedByMailgun || addressIsBad === true;
  return {
    listedByMailgun,
    addressIsBad,
    suppresses: isSuppressed ? (statesOfLists[classification] ?? 'bounced') : null,
  };
}

/** What speaks for an address that Mailgun has listed: its failure was about the sender, the content, a full mailbox, or soft. */
export const doubts = ['sender', 'content', 'full_mailbox', 'soft'] as const;
export type Doubt = (typeof doubts)[number];

/**
 * Why it is doubtful that Mailgun lists the address of a failure. Null when it does not, or when nothing speaks for
 * the address.
 */
export function doubtOf(
  failure: Parameters<typeof meaningOf>[0] & { failureCode: string | null },
): Doubt | null {
  const { listedByMailgun, addressIsBad } = meaningOf(failure);
  if (!listedByMailgun || addressIsBad !== false) return null;
  const code = failure.failureCode ?? '';
  if (failure.classification === 'sender_blocked') return 'sender';
  if (!isSoftCode(code)) return 'soft';
  return /^\d\.2\.2$/.test(code) ? 'full_mailbox' : 'content';
}

/** Classes of failures that Mailgun itself refused to send because of an earlier suppression. */
export const suppressedClasses: ReadonlySet<string> = new Set<FailureClass>([
  'suppressed_unsubscribe',
  'suppressed_complaint',
  'suppressed_bounce',
  'suppressed_earlier',
]);

/** Classes of failures that are about the address but do not speak against it. */
export const softClassNames = ['temporary', 'expired', 'soft_bounce'] as const satisfies FailureClass[];
export const softClasses: ReadonlySet<string> = new Set(softClassNames);
