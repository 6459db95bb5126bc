import type { Failure, Flags } from './event';

/** A failure that Mailgun is known to send, and the rule that it is an example of. */
export interface FailureExample {
  readonly name: string;
  /** How often it occurs among failures of its severity; 1 is rare. */
  readonly weight: number;
  readonly failure: Failure;
  readonly flags?: Flags;
}

const noMailbox = {
  severity: 'permanent',
  reason: 'bounce',
  code: 550,
  enhancedCode: '5.1.1',
  bounceType: 'hard',
  message: '5.1.1 The email account that you tried to reach does not exist.',
} as const;

const tooOld = {
  severity: 'permanent',
  reason: 'old',
  code: 602,
  bounceType: 'soft',
  message: 'Too old',
  lastCode: 616,
  lastMessage: 'MX is unreachable',
} as const;

/** One attempt that did not succeed; Mailgun goes on trying. */
export const temporaryFailures: readonly FailureExample[] = [
  {
    name: 'too many connections',
    weight: 6,
    failure: {
      severity: 'temporary',
      reason: 'generic',
      code: 451,
      enhancedCode: '4.7.652',
      message: '4.7.652 busy',
    },
  },
  {
    name: 'service not available',
    weight: 4,
    failure: {
      severity: 'temporary',
      reason: 'generic',
      code: 421,
      enhancedCode: '',
      message: 'Try again later',
    },
  },
  {
    name: 'greylisted',
    weight: 4,
    failure: {
      severity: 'temporary',
      reason: 'greylisted',
      code: 450,
      enhancedCode: '4.2.0',
      message: 'Greylisted',
    },
  },
  {
    name: 'no MX',
    weight: 2,
    failure: { severity: 'temporary', reason: 'generic', code: 498, message: 'No MX' },
  },
  {
    name: 'cannot connect',
    weight: 2,
    failure: { severity: 'temporary', reason: 'generic', code: 499, enhancedCode: null, message: '' },
  },
  {
    name: 'internal connect error',
    weight: 1,
    failure: { severity: 'temporary', reason: 'generic', code: 680 },
  },
  {
    name: 'blocked for now',
    weight: 2,
    failure: {
      severity: 'temporary',
      reason: 'espblock',
      code: '421',
      enhancedCode: '4.7.0',
      message: 'Deferred',
    },
  },
  {
    name: 'temporary with the evidence of a bounce',
    weight: 1,
    failure: { ...noMailbox, severity: 'temporary' },
  },
];

/** The address itself is bad: rows 8 and 9 of the classification. */
export const bounces: readonly FailureExample[] = [
  { name: 'no such mailbox', weight: 12, failure: noMailbox },
  { name: 'no such mailbox, is-routed null', weight: 2, failure: noMailbox, flags: { routed: null } },
  {
    name: 'hard by bounce-type only',
    weight: 3,
    failure: { severity: 'permanent', reason: 'generic', code: 550, bounceType: 'hard', message: 'Rejected' },
  },
  {
    name: 'no such domain',
    weight: 2,
    failure: {
      severity: 'permanent',
      reason: 'generic',
      code: 550,
      enhancedCode: '5.1.2',
      message: 'Bad host',
    },
  },
  {
    name: 'null MX',
    weight: 1,
    failure: {
      severity: 'permanent',
      reason: 'generic',
      code: 556,
      enhancedCode: '5.1.10',
      message: 'Null MX',
    },
  },
  {
    name: 'mailbox disabled',
    weight: 2,
    failure: {
      severity: 'permanent',
      reason: 'generic',
      code: '554',
      enhancedCode: '5.2.1',
      description: null,
    },
  },
  {
    name: 'bounce without other evidence',
    weight: 2,
    failure: { severity: 'permanent', reason: 'bounce', code: 550, message: 'Relay Not Permitted' },
  },
  {
    name: 'bounce without a delivery status',
    weight: 1,
    failure: { severity: 'permanent', reason: 'bounce', statusMissing: true },
  },
];

/** Mailgun did not even try, because of an earlier suppression: rows 3, 4 and 5. */
export const suppressions: readonly FailureExample[] = [
  {
    name: 'bounced earlier',
    weight: 4,
    failure: {
      severity: 'permanent',
      reason: 'suppress-bounce',
      code: 605,
      message: '',
      description: 'Not delivering to previously bounced address',
    },
  },
  {
    name: 'unsubscribed earlier',
    weight: 4,
    failure: {
      severity: 'permanent',
      reason: 'suppress-unsubscribe',
      code: 606,
      message: '',
      description: 'Not delivering to unsubscribed address',
    },
  },
  {
    name: 'complained earlier',
    weight: 3,
    failure: {
      severity: 'permanent',
      reason: 'suppress-complaint',
      code: 607,
      message: '',
      description: 'Not delivering to a user who marked your messages as spam',
    },
  },
  {
    name: 'bounced earlier, code as text only',
    weight: 1,
    failure: { severity: 'permanent', reason: 'generic', code: '605' },
  },
  {
    name: 'unsubscribed earlier, code only',
    weight: 1,
    failure: { severity: 'permanent', reason: 'generic', code: 606 },
  },
  {
    name: 'complained earlier, code only',
    weight: 1,
    failure: { severity: 'permanent', reason: 'generic', code: 607 },
  },
  {
    name: 'bounced earlier, reason only',
    weight: 1,
    failure: { severity: 'permanent', reason: 'suppress-bounce', statusMissing: true },
  },
];

/** Hours of attempts were in vain: row 6. */
export const expiries: readonly FailureExample[] = [
  { name: 'too old', weight: 4, failure: tooOld },
  {
    name: 'too old, reason only',
    weight: 1,
    failure: { severity: 'permanent', reason: 'old', message: 'Too old' },
  },
  { name: 'too old, code only', weight: 1, failure: { severity: 'permanent', reason: 'generic', code: 602 } },
  {
    name: 'too old after a hard answer',
    weight: 1,
    failure: { ...tooOld, enhancedCode: '5.1.1' },
  },
];

/** The sender is blocked, not the address: row 7. */
export const blocks: readonly FailureExample[] = [
  {
    name: 'blocked by the provider',
    weight: 3,
    failure: {
      severity: 'permanent',
      reason: 'espblock',
      code: 550,
      enhancedCode: '5.7.1',
      message: 'Blocked',
    },
  },
  {
    name: 'blocked by policy',
    weight: 3,
    failure: {
      severity: 'permanent',
      reason: 'generic',
      code: 550,
      enhancedCode: '5.7.26',
      message: 'DMARC',
    },
  },
  { name: 'blacklisted', weight: 1, failure: { severity: 'permanent', reason: 'blacklisted', code: 554 } },
  {
    name: 'greylisted for good',
    weight: 1,
    failure: { severity: 'permanent', reason: 'greylisted', code: 550 },
  },
  { name: 'poor list quality', weight: 1, failure: { severity: 'permanent', reason: 'generic', code: 625 } },
];

/** The address is good, but the reason is `bounce`, and so Mailgun lists it. */
export const listed: readonly FailureExample[] = [
  {
    name: 'blocked and called hard',
    weight: 2,
    failure: {
      severity: 'permanent',
      reason: 'bounce',
      code: 550,
      enhancedCode: '5.7.1',
      bounceType: 'hard',
    },
  },
  {
    name: 'blocked, told in the message only',
    weight: 2,
    failure: {
      severity: 'permanent',
      reason: 'bounce',
      code: 550,
      enhancedCode: '',
      message: '550-5.7.515 Access denied, sending domain does not meet the required authentication level.',
    },
  },
  {
    name: 'mailbox full and listed',
    weight: 1,
    failure: { severity: 'permanent', reason: 'bounce', code: 552, enhancedCode: '5.2.2' },
  },
  {
    name: 'soft and listed',
    weight: 1,
    failure: { severity: 'permanent', reason: 'bounce', code: 550, bounceType: 'soft', message: 'Try later' },
  },
];

/** Refused, but nothing says that the address is bad: rows 10 and 14. */
export const unclear: readonly FailureExample[] = [
  {
    name: 'mailbox full',
    weight: 5,
    failure: {
      severity: 'permanent',
      reason: 'generic',
      code: 552,
      enhancedCode: '5.2.2',
      message: 'Over quota',
    },
  },
  {
    name: 'message too big',
    weight: 1,
    failure: {
      severity: 'permanent',
      reason: 'generic',
      code: 552,
      enhancedCode: '5.3.4',
      message: 'Too big',
    },
  },
  {
    name: 'routing loop',
    weight: 1,
    failure: { severity: 'permanent', reason: 'generic', code: 554, enhancedCode: '5.4.6', message: 'Loop' },
  },
  {
    name: 'content not supported',
    weight: 1,
    failure: {
      severity: 'permanent',
      reason: 'generic',
      code: 554,
      enhancedCode: '5.6.0',
      bounceType: 'soft',
    },
  },
  {
    name: 'refused without a delivery status',
    weight: 1,
    failure: { severity: 'permanent', reason: 'generic', statusMissing: true },
  },
  {
    name: 'a reason of the future',
    weight: 1,
    failure: { severity: 'permanent', reason: 'moon-phase', code: 699 },
  },
  {
    name: 'an address that looks like a code',
    weight: 1,
    failure: { severity: 'permanent', reason: 'generic', code: 550, message: 'Host [185.1.1.7] refused' },
  },
  { name: 'unknown severity', weight: 1, failure: { severity: 'unknown', reason: 'unknown', code: 0 } },
];

/** The report arrives after `delivered`: row 11. */
export const delayedBounces: readonly FailureExample[] = [
  {
    name: 'delayed bounce',
    weight: 2,
    failure: {
      severity: 'permanent',
      reason: 'generic',
      code: 550,
      bounceCode: '5.1.1',
      enhancedCode: '5.1.1',
      message: 'smtp; 550-5.1.1 The email account that you tried to reach does not exist.',
    },
    flags: { delayedBounce: true },
  },
  {
    name: 'delayed bounce by bounce-code',
    weight: 1,
    failure: { severity: 'permanent', reason: 'generic', code: 550, bounceCode: '5.1.1', enhancedCode: '' },
    flags: { delayedBounce: true },
  },
  {
    name: 'delayed bounce by message',
    weight: 1,
    failure: { severity: 'permanent', reason: 'generic', code: 550, message: 'smtp; 550 5.1.1 no such user' },
    flags: { delayedBounce: true },
  },
];

/** Hard answers that are about a test, a copy or a callback, never about the address: row 1. */
export const copies: readonly FailureExample[] = [
  { name: 'forward target of a route', weight: 1, failure: noMailbox, flags: { routed: true } },
  { name: 'test mode', weight: 1, failure: noMailbox, flags: { testMode: true } },
  { name: 'system test', weight: 1, failure: noMailbox, flags: { systemTest: true } },
  { name: 'callback', weight: 1, failure: noMailbox, flags: { callback: true } },
  { name: 'webhook', weight: 1, failure: noMailbox, flags: { webhook: true } },
  { name: 'internal', weight: 1, failure: { ...noMailbox, severity: 'internal' } },
];

/** What Mailgun's legacy webhooks call `bounced` and `dropped`. */
export const legacyFailures: readonly FailureExample[] = [
  {
    name: 'legacy bounce, enhanced code',
    weight: 2,
    failure: {
      severity: 'permanent',
      reason: 'bounce',
      enhancedCode: '5.1.1',
      message: 'No such user',
      legacy: 'bounced',
    },
  },
  {
    name: 'legacy bounce, SMTP code',
    weight: 2,
    failure: {
      severity: 'permanent',
      reason: 'bounce',
      code: 550,
      message: 'No such user',
      legacy: 'bounced',
    },
  },
  {
    name: 'legacy block',
    weight: 1,
    failure: {
      severity: 'permanent',
      reason: 'bounce',
      enhancedCode: '5.7.1',
      message: 'Blocked',
      legacy: 'bounced',
    },
  },
  {
    name: 'legacy drop, suppressed for an unknown reason',
    weight: 2,
    failure: { severity: 'permanent', reason: 'hardfail', legacy: 'dropped' },
  },
  {
    name: 'legacy drop, bounced earlier',
    weight: 1,
    failure: { severity: 'permanent', reason: 'hardfail', code: 605, legacy: 'dropped' },
  },
  {
    name: 'legacy drop, unsubscribed earlier',
    weight: 1,
    failure: { severity: 'permanent', reason: 'hardfail', code: 606, legacy: 'dropped' },
  },
  {
    name: 'legacy drop, complained earlier',
    weight: 1,
    failure: { severity: 'permanent', reason: 'hardfail', code: 607, legacy: 'dropped' },
  },
  {
    name: 'legacy drop, too old',
    weight: 1,
    failure: { severity: 'permanent', reason: 'old', code: 602, legacy: 'dropped' },
  },
];
