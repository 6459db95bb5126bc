import type { SuppressionSettings } from '../settings/settings';
import {
  allMail,
  refusedTags,
  type Suppression,
  type SuppressionList,
  scopeOfList,
  scopeOfTag,
  suppressionLists,
} from './suppression';

/** The mail that somebody wants to send. What is null is not known, and then the strictest answer holds. */
export interface Mail {
  /** The sending domain. */
  domain: string | null;
  /** None: the mail has no tags. */
  tags: readonly string[] | null;
  /** The address of a mailing list. */
  list: string | null;
}

/** Words for why an address is suppressed, by the list that it is on. */
export const reasonWords = {
  soft: 'soft',
  manual: 'manual',
  bounce: 'bounced',
  unsubscribe: 'unsubscribed',
  complaint: 'complained',
} as const satisfies Record<SuppressionList, string>;
export type ReasonWord = (typeof reasonWords)[SuppressionList];

/** Whether one may write to an address. */
export interface Verdict {
  suppressed: boolean;
  /** The gravest. */
  reason: ReasonWord | null;
  /** Since when, ISO. */
  since: string | null;
  /** Mailgun would refuse, but everything that is known speaks against the sender, the content or a full mailbox. */
  doubtful: boolean;
  /** The suppressions that apply to the mail. */
  scopes: Suppression[];
}

export const free: Verdict = { suppressed: false, reason: null, since: null, doubtful: false, scopes: [] };

function holdsForDomain(one: Suppression, { domain }: Mail): boolean {
  return one.domain === null || domain === null || one.domain === domain;
}

/** Whether what refused mail tells is known better: the unsubscribe itself is there. */
function isExplained(one: Suppression, tags: readonly string[], all: readonly Suppression[]): boolean {
  return all.some(
    (other) =>
      other.list === 'unsubscribe' &&
      other !== one &&
      (other.domain === null || other.domain === one.domain) &&
      (other.scope === allMail || tags.some((tag) => other.scope === scopeOfTag(tag))),
  );
}

function holdsForScope(one: Suppression, { tags, list }: Mail, all: readonly Suppression[]): boolean {
  if (one.scope === allMail) return true;
  const ofRefused = refusedTags(one.scope);
  if (ofRefused !== null && isExplained(one, ofRefused, all)) return false;
  // Nothing is known of the mail.
  if (tags === null && list === null) return true;
  if (list !== null && one.scope === scopeOfList(list)) return true;
  const own = (tags ?? []).map((tag) => tag.toLowerCase());
  return own.some((tag) => ofRefused?.includes(tag) ?? one.scope === scopeOfTag(tag));
}

function holds(
  one: Suppression,
  mail: Mail,
  all: readonly Suppression[],
  settings: SuppressionSettings,
): boolean {
  switch (one.list) {
    case 'bounce':
      return settings.bounceScope === 'all' || holdsForDomain(one, mail);
    case 'complaint':
      return settings.complaintScope === 'all' || holdsForDomain(one, mail);
    case 'unsubscribe':
      if (settings.unsubscribeScope === 'all') return true;
      if (!holdsForDomain(one, mail)) return false;
      return settings.unsubscribeScope === 'domain' || holdsForScope(one, mail, all);
    case 'soft':
    case 'manual':
      return holdsForDomain(one, mail) && holdsForScope(one, mail, all);
  }
}

const gravity = (one: Suppression) => suppressionLists.indexOf(one.list);

/**
 * May one write to an address, with this mail, now?
 * @param now ISO
 * @param isAllowed whether the owner has decided that bounces of the address do not count
 */
export function judge(
  suppressions: readonly Suppression[],
  mail: Mail,
  { settings, now, isAllowed }: { settings: SuppressionSettings; now: string; isAllowed: boolean },
): Verdict {
  const current = suppressions.filter(
    ({ list, until }) =>
      (until === null || until > now) && !(isAllowed && (list === 'bounce' || list === 'soft')),
  );
  const scopes = current
    .filter((one) => holds(one, mail, current, settings))
    .sort((a, b) => gravity(b) - gravity(a) || (a.since < b.since ? -1 : 1));
  const [gravest] = scopes;
  if (gravest === undefined) return free;
  return {
    suppressed: true,
    reason: reasonWords[gravest.list],
    since: gravest.since,
    doubtful: scopes.every(({ doubtful }) => doubtful),
    scopes,
  };
}
