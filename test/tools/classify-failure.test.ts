import { describe, expect, it } from 'vitest';
import { classifyFailure } from '../../tools/simulate/plan/classify-failure';
import type { Failure, Flags } from '../../tools/simulate/plan/event';
import * as failures from '../../tools/simulate/plan/failures';

const hard = { severity: 'permanent', reason: 'bounce', code: 550, enhancedCode: '5.1.1' } as const;

const cases: [what: string, failure: Failure, flags: Flags, verdict: string][] = [
  ['a mailbox that does not exist', hard, {}, 'bounced'],
  ['the same for the target of a route', hard, { routed: true }, 'not-a-subscriber'],
  ['the same when is-routed is null', hard, { routed: null }, 'bounced'],
  ['the same in test mode', hard, { testMode: true }, 'not-a-subscriber'],
  ['the same for a callback', hard, { callback: true }, 'not-a-subscriber'],
  ['the same with severity internal', { ...hard, severity: 'internal' }, {}, 'not-a-subscriber'],
  ['the same with severity temporary', { ...hard, severity: 'temporary' }, {}, 'temporary'],
  ['606 as a number', { severity: 'permanent', reason: 'generic', code: 606 }, {}, 'unsubscribed-earlier'],
  ['607 as text', { severity: 'permanent', reason: 'generic', code: '607' }, {}, 'complained-earlier'],
  [
    'suppress-bounce without a code',
    { severity: 'permanent', reason: 'suppress-bounce' },
    {},
    'bounced-earlier',
  ],
  ['too old, though the last answer was hard', { ...hard, reason: 'old' }, {}, 'expired'],
  [
    'a block that calls itself hard',
    { ...hard, enhancedCode: '5.7.1', bounceType: 'hard' },
    {},
    'good-but-listed',
  ],
  ['a block with another reason', { ...hard, reason: 'generic', enhancedCode: '5.1.8' }, {}, 'blocked'],
  ['a full mailbox on the list', { ...hard, enhancedCode: '5.2.2' }, {}, 'good-but-listed'],
  ['a soft bounce on the list', { ...hard, enhancedCode: '', bounceType: 'soft' }, {}, 'good-but-listed'],
  [
    'a delayed block with the reason bounce',
    { ...hard, enhancedCode: '5.7.1' },
    { delayedBounce: true },
    'blocked',
  ],
  [
    'an address that looks like a code',
    { severity: 'permanent', reason: 'generic', message: 'Host [185.1.1.7] refused' },
    {},
    'unclear',
  ],
  ['espblock', { severity: 'permanent', reason: 'espblock', code: 550 }, {}, 'blocked'],
  ['a full mailbox', { ...hard, reason: 'generic', enhancedCode: '5.2.2' }, {}, 'unclear'],
  ['a disabled mailbox', { ...hard, reason: 'generic', enhancedCode: '5.2.1' }, {}, 'bounced'],
  ['reason bounce and nothing else', { severity: 'permanent', reason: 'bounce' }, {}, 'bounced'],
  [
    'a delayed bounce that tells its code in the message',
    { severity: 'permanent', reason: 'generic', code: 550, message: 'smtp; 550-5.1.1 unknown' },
    { delayedBounce: true },
    'bounced',
  ],
  [
    'the same message in an immediate failure',
    { severity: 'permanent', reason: 'generic', code: 550, message: 'smtp; 550-5.1.1 unknown' },
    {},
    'bounced',
  ],
  ['hardfail without a code', { severity: 'permanent', reason: 'hardfail' }, {}, 'suppressed-earlier'],
  ['hardfail with 606', { severity: 'permanent', reason: 'hardfail', code: 606 }, {}, 'unsubscribed-earlier'],
  ['a reason of the future', { severity: 'permanent', reason: 'moon-phase' }, {}, 'unclear'],
  [
    'a hard code hidden behind a null status',
    { ...hard, reason: 'generic', statusMissing: true },
    {},
    'unclear',
  ],
];

describe('classifying a failure', () => {
  it.each(cases)('takes %s for what it is', (_, failure, flags, verdict) => {
    expect(classifyFailure(failure, flags)).toBe(verdict);
  });

  it.each([
    ['temporaryFailures', failures.temporaryFailures, /^temporary$/],
    ['bounces', failures.bounces, /^bounced$/],
    ['suppressions', failures.suppressions, /-earlier$/],
    ['expiries', failures.expiries, /^expired$/],
    ['blocks', failures.blocks, /^blocked$/],
    ['listed', failures.listed, /^good-but-listed$/],
    ['unclear', failures.unclear, /^unclear$/],
    ['delayedBounces', failures.delayedBounces, /^bounced$/],
    ['copies', failures.copies, /^not-a-subscriber$/],
  ] as const)('agrees with the examples called %s', (_, examples, verdict) => {
    for (const { failure, flags } of examples) expect(classifyFailure(failure, flags ?? {})).toMatch(verdict);
  });
});
