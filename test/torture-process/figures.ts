import { type Expected, expectedOf } from '../../tools/simulate';
import type { Account } from './mailgun';
import { type StoredFacts, sharedCounters } from './stored-facts';

/** What a run comes down to. A figure is null when the app does not keep what it is about. */
export interface Figures {
  readonly sent: number;
  readonly attempts: number;
  readonly acknowledged: number;
  /** Answered 200, but not in the event log. */
  readonly lost: number;
  /** Missing in the counters of tags, of the events that are in the log or were answered 200. */
  readonly notCounted: number | null;
  /** Too many documents in the event log. */
  readonly loggedTwice: number;
  /** Too much in the counters of tags. */
  readonly countedTwice: number | null;
  /** Genuine, but answered with a 4xx at least once. */
  readonly refused: number;
  /** Never acknowledged and not in the log, when Mailgun had no attempt left: `delivered`, which gets one. */
  readonly missedDelivered: number;
  /** The same of all other events. */
  readonly missedOthers: number;
  /** Addresses that must not be written to any more, but may be. */
  readonly notSuppressed: number | null;
  /** Addresses that may be written to, but are suppressed. */
  readonly suppressedWrongly: number | null;
  /** Events in the log that nobody at Mailgun has sent. */
  readonly forged: number;
}

/** The figures that a promise is about: none of them may be above 0. */
export const nothingBroken = {
  lost: 0,
  notCounted: 0,
  loggedTwice: 0,
  countedTwice: 0,
  refused: 0,
  notSuppressed: 0,
  suppressedWrongly: 0,
  forged: 0,
} satisfies Partial<Figures>;

/** What an app keeps beside the log. */
export interface Keeps {
  readonly campaigns: boolean;
  readonly subscribers: boolean;
}

const isSuppressed = (status: string | undefined) => status !== undefined && status !== 'active';

/** The events that must have had their effects: what is in the log, and what was answered 200. */
export function eventsThatCount(accounts: readonly Account[], stored: StoredFacts) {
  return accounts
    .filter(({ notice, outcome }) => outcome === 'acknowledged' || stored.logged.has(notice.identity))
    .map(({ notice }) => notice.event);
}

function compareCounters(
  { tags }: Expected,
  { campaigns }: StoredFacts,
): { missing: number; surplus: number } {
  let missing = 0;
  let surplus = 0;
  for (const [tag, { total }] of tags) {
    for (const counter of sharedCounters) {
      const difference = (campaigns.get(tag)?.[counter] ?? 0) - total[counter];
      missing += Math.max(0, -difference);
      surplus += Math.max(0, difference);
    }
  }
  return { missing, surplus };
}

/** Compares what the sender knows with what is stored. */
export function figuresOf(accounts: readonly Account[], stored: StoredFacts, keeps: Keeps): Figures {
  const expected = expectedOf(eventsThatCount(accounts, stored));
  const known = new Set(accounts.map(({ notice }) => notice.identity));
  const inLog = ({ notice }: Account) => stored.logged.has(notice.identity);
  const count = (matches: (account: Account) => boolean) => accounts.filter(matches).length;
  const missed = (account: Account) => account.outcome !== 'acknowledged' && !inLog(account);
  const counters = compareCounters(expected, stored);
  const addresses = [...expected.subscribers].map(([address, { status }]) => ({
    should: isSuppressed(status),
    is: isSuppressed(stored.subscribers.get(address)),
  }));
  const ofAddresses = (should: boolean) =>
    keeps.subscribers ? addresses.filter((a) => a.should === should && a.is !== should).length : null;
  return {
    sent: accounts.length,
    attempts: accounts.reduce((sum, { replies }) => sum + replies.length, 0),
    acknowledged: count(({ outcome }) => outcome === 'acknowledged'),
    lost: count((account) => account.outcome === 'acknowledged' && !inLog(account)),
    notCounted: keeps.campaigns ? counters.missing : null,
    loggedTwice: accounts.reduce(
      (sum, { notice }) => sum + Math.max(0, (stored.logged.get(notice.identity) ?? 0) - 1),
      0,
    ),
    countedTwice: keeps.campaigns ? counters.surplus : null,
    refused: count(({ replies }) =>
      replies.some((reply) => typeof reply === 'number' && reply >= 400 && reply < 500),
    ),
    missedDelivered: count((account) => missed(account) && account.notice.event.kind === 'delivered'),
    missedOthers: count((account) => missed(account) && account.notice.event.kind !== 'delivered'),
    notSuppressed: ofAddresses(true),
    suppressedWrongly: ofAddresses(false),
    forged: [...stored.logged.keys()].filter((identity) => !known.has(identity)).length,
  };
}
