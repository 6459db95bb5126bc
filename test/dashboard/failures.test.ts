import { describe, expect, it } from 'vitest';
import type { FailureGroup } from '../../src/dashboard/page/api/answers';
import { overAllDomains, sentenceOf } from '../../src/dashboard/page/views/failure-groups';

const group = (
  failures: number,
  provider: string,
  classification: string,
  code: string | null,
): FailureGroup => ({ failures, provider, classification, code, hardBounces: failures, addressIsBad: null });

const blocked = group(380, 'Outlook', 'sender_blocked', '5.7.515');
const gone = group(20, 'Gmail', 'hard_bounce', '5.1.1');
const silent = group(9, 'Other', 'bounce', null);
const various = group(2, 'Yahoo', 'soft_bounce', '*');

describe('failures in a sentence', () => {
  it.each([
    [
      [blocked, gone],
      'failures today',
      '400 failures today: 380 Outlook, sender blocked, 5.7.515; 20 Gmail, hard bounce, 5.1.1',
    ],
    [[silent, various], 'failures', '11 failures: 9 Other, bounce; 2 Yahoo, soft bounce, other codes'],
    [
      [blocked, gone, silent, various, group(1, 'iCloud', 'expired', '616')],
      'failures today',
      '412 failures today: 380 Outlook, sender blocked, 5.7.515; 20 Gmail, hard bounce, 5.1.1; 9 Other, bounce; 3 others',
    ],
    [
      [group(12_345, 'Gmail', 'temporary', '4.7.0')],
      'attempts',
      '12,345 attempts: 12,345 Gmail, temporary, 4.7.0',
    ],
  ])('%#', (groups, what, sentence) => {
    expect(sentenceOf(groups, what)).toBe(sentence);
  });

  it('are summed up over the sending domains, the largest first', () => {
    const more = group(5, 'Gmail', 'hard_bounce', '5.1.1');
    expect(overAllDomains([silent, more, gone])).toEqual([
      { ...gone, failures: 25, hardBounces: 25 },
      silent,
    ]);
  });
});
