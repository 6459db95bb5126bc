/**
 * Why a number may differ. A known reason says what each side counts that the other does not: nothing is wrong. Of the
 * others nobody knows more, and an alert tells of them.
 */
export const reasonTable = [
  {
    name: 'test',
    isKnown: true,
    sentence: 'messages in test mode, which Mailgun counts and we count apart',
  },
  {
    name: 'routed',
    isKnown: true,
    sentence: 'copies that a route forwards, which Mailgun counts and we count apart',
  },
  {
    name: 'callback',
    isKnown: true,
    sentence: "calls of the owner's own URLs, which Mailgun counts as failures and we count apart",
  },
  {
    name: 'receipt',
    isKnown: true,
    sentence: 'events that say a time that cannot be: they count as of when they came in',
  },
  {
    name: 'rounding',
    isKnown: true,
    sentence: 'events at midnight, which one side counts on the day before or after',
  },
  {
    name: 'legacy',
    isKnown: true,
    sentence: 'events of legacy webhooks, which do not tell it',
  },
  {
    name: 'classed',
    isKnown: true,
    sentence: 'the same events, which Mailgun counts under another name',
  },
  {
    name: 'uniques',
    isKnown: true,
    sentence: 'firsts, which Mailgun counts anew after seven days',
  },
  {
    name: 'closed',
    isKnown: true,
    sentence: 'the day is closed: retention has removed its events, and its numbers stay',
  },
  {
    name: 'hoursGone',
    isKnown: false,
    sentence: 'Mailgun keeps hours for 60 days, so that nobody can look closer',
  },
  {
    name: 'unfinished',
    isKnown: false,
    sentence: 'events that we hold and have not counted: requeue the dead letters',
  },
  {
    name: 'notInRecord',
    isKnown: false,
    sentence: 'Mailgun counts them and its record does not list them',
  },
  {
    name: 'notInCounts',
    isKnown: false,
    sentence: "Mailgun's record lists them and its counts lack them",
  },
  {
    name: 'onlyOurs',
    isKnown: false,
    sentence: "we hold them and Mailgun's record does not list them",
  },
  {
    name: 'recordGone',
    isKnown: false,
    sentence: "we hold more than Mailgun counts, and Mailgun's record no longer reaches back",
  },
] as const;

export type Reason = (typeof reasonTable)[number]['name'];

export const reasons: readonly Reason[] = reasonTable.map(({ name }) => name);

const byName = new Map(reasonTable.map((row) => [row.name, row]));

/** Whether a reason says that nothing is wrong. */
export function isKnown(reason: Reason): boolean {
  return byName.get(reason)?.isKnown ?? false;
}

/** What a reason says, as a part of a sentence. */
export function sentenceOf(reason: Reason): string {
  return byName.get(reason)?.sentence ?? '';
}
