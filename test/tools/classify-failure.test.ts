import { describe, expect, it } from 'vitest';
import { classifyFailure, codeOfFailure, isListed } from '../../tools/simulate/plan/classify-failure';
import type { Failure, Flags } from '../../tools/simulate/plan/event';
import * as failures from '../../tools/simulate/plan/failures';

const hard = { severity: 'permanent', reason: 'bounce', code: 550, enhancedCode: '5.1.1' } as const;

const cases: [what: string, failure: Failure, flags: Flags, verdict: string][] = [
  ['a mailbox that does not exist', hard, {}, 'hard_bounce'],
  ['the same for the target of a route', hard, { routed: true }, 'not_about_address'],
  ['the same when is-routed is null', hard, { routed: null }, 'hard_bounce'],
  ['the same in test mode', hard, { testMode: true }, 'not_about_address'],
  ['the same for a callback', hard, { callback: true }, 'not_about_address'],
  ['the same with severity internal', { ...hard, severity: 'internal' }, {}, 'not_about_address'],
  ['the same with severity temporary', { ...hard, severity: 'temporary' }, {}, 'temporary'],
  ['606 as a number', { severity: 'permanent', reason: 'generic', code: 606 }, {}, 'suppressed_unsubscribe'],
  ['607 as text', { severity: 'permanent', reason: 'generic', code: '607' }, {}, 'suppressed_complaint'],
  [
    'suppress-bounce without a code',
    { severity: 'permanent', reason: 'suppress-bounce' },
    {},
    'suppressed_bounce',
  ],
  ['too old, though the last answer was hard', { ...hard, reason: 'old' }, {}, 'expired'],
  [
    'a block that calls itself hard',
    { ...hard, enhancedCode: '5.7.1', bounceType: 'hard' },
    {},
    'sender_blocked',
  ],
  [
    'a block with another reason',
    { ...hard, reason: 'generic', enhancedCode: '5.1.8' },
    {},
    'sender_blocked',
  ],
  ['a full mailbox on the list', { ...hard, enhancedCode: '5.2.2' }, {}, 'soft_bounce'],
  ['a soft bounce on the list', { ...hard, enhancedCode: '', bounceType: 'soft' }, {}, 'soft_bounce'],
  [
    'a delayed block with the reason bounce',
    { ...hard, enhancedCode: '5.7.1' },
    { delayedBounce: true },
    'sender_blocked',
  ],
  [
    'an address that looks like a code',
    { severity: 'permanent', reason: 'generic', message: 'Host [185.1.1.7] refused' },
    {},
    'soft_bounce',
  ],
  ['espblock', { severity: 'permanent', reason: 'espblock', code: 550 }, {}, 'sender_blocked'],
  ['a full mailbox', { ...hard, reason: 'generic', enhancedCode: '5.2.2' }, {}, 'soft_bounce'],
  ['a disabled mailbox', { ...hard, reason: 'generic', enhancedCode: '5.2.1' }, {}, 'hard_bounce'],
  ['reason bounce and nothing else', { severity: 'permanent', reason: 'bounce' }, {}, 'bounce'],
  [
    'a delayed bounce that tells its code in the message',
    { severity: 'permanent', reason: 'generic', code: 550, message: 'smtp; 550-5.1.1 unknown' },
    { delayedBounce: true },
    'delayed_bounce',
  ],
  [
    'the same message in an immediate failure',
    { severity: 'permanent', reason: 'generic', code: 550, message: 'smtp; 550-5.1.1 unknown' },
    {},
    'hard_bounce',
  ],
  ['hardfail without a code', { severity: 'permanent', reason: 'hardfail' }, {}, 'suppressed_earlier'],
  [
    'hardfail with 606',
    { severity: 'permanent', reason: 'hardfail', code: 606 },
    {},
    'suppressed_unsubscribe',
  ],
  ['a reason of the future', { severity: 'permanent', reason: 'moon-phase' }, {}, 'unclassified'],
  [
    'a hard code hidden behind a null status',
    { ...hard, reason: 'generic', statusMissing: true },
    {},
    'soft_bounce',
  ],
];

describe('classifying a failure', () => {
  it.each(cases)('takes %s for what it is', (_, failure, flags, verdict) => {
    expect(classifyFailure(failure, flags)).toBe(verdict);
  });

  it.each([
    ['temporaryFailures', failures.temporaryFailures, /^temporary$/],
    ['bounces', failures.bounces, /^(hard_)?bounce$/],
    ['suppressions', failures.suppressions, /^suppressed_/],
    ['expiries', failures.expiries, /^expired$/],
    ['blocks', failures.blocks, /^sender_blocked$/],
    ['listed', failures.listed, /^(sender_blocked|soft_bounce)$/],
    ['unclear', failures.unclear, /^(soft_bounce|unclassified)$/],
    ['delayedBounces', failures.delayedBounces, /^delayed_bounce$/],
    ['copies', failures.copies, /^not_about_address$/],
  ] as const)('agrees with the examples called %s', (_, examples, verdict) => {
    for (const { failure, flags } of examples) expect(classifyFailure(failure, flags ?? {})).toMatch(verdict);
  });

  it('knows which good addresses Mailgun lists', () => {
    for (const { failure, flags } of failures.listed) expect(isListed(failure, flags ?? {})).toBe(true);
    for (const { failure, flags } of [...failures.unclear, ...failures.delayedBounces])
      expect(isListed(failure, flags ?? {})).toBe(false);
  });

  it('tells the code that says most', () => {
    const codes = [
      hard,
      { ...hard, reason: 'old', lastCode: 616, lastMessage: '421 4.7.0 later' },
      { ...hard, enhancedCode: '' },
    ];
    expect(codes.map(codeOfFailure)).toEqual(['5.1.1', '4.7.0', '550']);
    expect(codeOfFailure({ ...hard, statusMissing: true })).toBe(null);
  });
});
