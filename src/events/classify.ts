import type { Failure } from './failure';

/** The row of the table below that decided. */
export type FailureClass = (typeof rows)[number]['name'];

/** RFC 3463: the mailbox or its domain does not exist, moved, or is disabled. */
const badAddressCodes = new Set(['5.1.0', '5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);

const code = (failure: Failure) => failure.deliveryStatus?.code ?? null;
const enhancedCode = (failure: Failure) => failure.deliveryStatus?.enhancedCode ?? '';
const isPermanent = (failure: Failure) => failure.severity === 'permanent';

/**
 * What a failure means for the address, first match wins. `suppresses` is the state that it puts the
 * address in, null for none. The order matters: Mailgun's own refusals (605 to 607) and expiries come
 * before the codes of the receiving server, and what is about the sender before what is about the address.
 */
const rows = [
  {
    name: 'not_about_address',
    suppresses: null,
    matches: (f: Failure) => f.flags.callback || f.flags.routed || f.flags.test || f.severity === 'internal',
  },
  { name: 'temporary', suppresses: null, matches: (f: Failure) => f.severity === 'temporary' },
  {
    name: 'suppressed_unsubscribe',
    suppresses: 'unsubscribed',
    matches: (f: Failure) => f.reason === 'suppress-unsubscribe' || code(f) === 606,
  },
  {
    name: 'suppressed_complaint',
    suppresses: 'complained',
    matches: (f: Failure) => f.reason === 'suppress-complaint' || code(f) === 607,
  },
  {
    name: 'suppressed_bounce',
    suppresses: 'bounced',
    matches: (f: Failure) => f.reason === 'suppress-bounce' || code(f) === 605,
  },
  {
    name: 'expired',
    suppresses: null,
    matches: (f: Failure) => f.reason === 'old' || code(f) === 602,
  },
  {
    name: 'sender_blocked',
    suppresses: null,
    matches: (f: Failure) =>
      f.reason === 'espblock' ||
      f.reason === 'blacklisted' ||
      f.reason === 'greylisted' ||
      /^\d\.7\.\d+$/.test(enhancedCode(f)) ||
      code(f) === 625,
  },
  {
    name: 'hard_bounce',
    suppresses: 'bounced',
    matches: (f: Failure) =>
      isPermanent(f) && (f.deliveryStatus?.bounceType === 'hard' || badAddressCodes.has(enhancedCode(f))),
  },
  {
    // Mailgun puts these on its own bounce list, although old samples show a few that are not hard.
    name: 'bounce',
    suppresses: 'bounced',
    matches: (f: Failure) => isPermanent(f) && f.reason === 'bounce',
  },
  {
    name: 'delayed_bounce',
    suppresses: 'bounced',
    matches: (f: Failure) =>
      isPermanent(f) && f.flags.delayedBounce && (f.deliveryStatus?.message ?? '').includes('5.1.1'),
  },
  {
    name: 'soft_bounce',
    suppresses: null,
    matches: (f: Failure) =>
      isPermanent(f) && f.reason === 'generic' && Math.trunc((code(f) ?? 0) / 100) === 5,
  },
  {
    // Legacy `dropped`: suppressed earlier, but the form does not say by which of Mailgun's lists.
    name: 'suppressed_earlier',
    suppresses: 'bounced',
    matches: (f: Failure) => f.reason === 'hardfail' && code(f) === null,
  },
  { name: 'unclassified', suppresses: null, matches: () => true },
] as const;

const byName = new Map<FailureClass, (typeof rows)[number]>(rows.map((row) => [row.name, row]));

/** Names of all rows, in order. */
export const failureClasses = rows.map((row) => row.name);

/** Decides which row of the table a `failed` event falls under. */
export function classifyFailure(failure: Failure): FailureClass {
  return rows.find((row) => row.matches(failure))?.name ?? 'unclassified';
}

/** The state that a failure of this class puts its address in, or null if it leaves the address alone. */
export function suppressionBy(failureClass: FailureClass): 'bounced' | 'unsubscribed' | 'complained' | null {
  return byName.get(failureClass)?.suppresses ?? null;
}

/** Classes of failures that Mailgun itself refused to send because of an earlier suppression. */
export const suppressedClasses: ReadonlySet<string> = new Set<FailureClass>([
  'suppressed_unsubscribe',
  'suppressed_complaint',
  'suppressed_bounce',
  'suppressed_earlier',
]);

/** Classes of failures that are about the address but do not speak against it. */
export const softClasses: ReadonlySet<string> = new Set<FailureClass>([
  'temporary',
  'expired',
  'soft_bounce',
]);
