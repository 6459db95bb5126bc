import type { FailureGroup } from '../api/answers';
import { classificationName } from '../format/classifications';
import { exactCount } from '../format/numbers';

/** What a group is told by in a sentence, before the rest is summed up. */
const maxTold = 3;

/** The same groups over all sending domains, the largest first. */
export function overAllDomains(groups: readonly FailureGroup[]): FailureGroup[] {
  const sums = new Map<string, FailureGroup>();
  for (const group of groups) {
    const name = JSON.stringify([group.provider, group.classification, group.code]);
    const { failures = 0, hardBounces = 0 } = sums.get(name) ?? {};
    sums.set(name, {
      ...group,
      failures: failures + group.failures,
      hardBounces: hardBounces + group.hardBounces,
    });
  }
  return [...sums.values()].sort((a, b) => b.failures - a.failures);
}

/** A code for people; `*` stands for all that are not kept apart. */
export function codeName(code: string | null): string | null {
  return code === '*' ? 'other codes' : code;
}

/** Groups in a sentence: `412 failures today: 380 Outlook, sender blocked, 5.7.515; 32 others`. */
export function sentenceOf(groups: readonly FailureGroup[], what: string): string {
  const sum = (some: readonly FailureGroup[]) => some.reduce((total, { failures }) => total + failures, 0);
  const told = groups.length <= maxTold + 1 ? groups : groups.slice(0, maxTold);
  const others = sum(groups.slice(told.length));
  const parts = told.map(({ failures, provider, classification, code }) =>
    [`${exactCount(failures)} ${provider}`, classificationName(classification), codeName(code)]
      .filter((part) => part !== null)
      .join(', '),
  );
  if (others > 0) parts.push(`${exactCount(others)} others`);
  return `${exactCount(sum(groups))} ${what}: ${parts.join('; ')}`;
}
