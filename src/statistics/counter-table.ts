/** What a number is: its name in every document, answer and table, and what it means. */
interface Definition {
  name: string;
  /** What Mailgun calls it in its own reports; null when it has no such number. */
  mailgun: string | null;
  /** One sentence, for the page's help and the API's document. */
  definition: string;
  /** Where it differs from Mailgun's number, and why. */
  otherwise?: string;
}

/** What an event must be to raise a counter; `counters.ts` says how each is seen. */
type Condition =
  | 'permanent'
  | 'temporary'
  | 'hard'
  | 'soft'
  | 'delayed'
  | 'old'
  | 'suppressed'
  | 'suppressedBounce'
  | 'suppressedComplaint'
  | 'suppressedUnsubscribe'
  | 'bot'
  | 'smtp'
  | 'http'
  | 'firstAttempt'
  | 'laterAttempt'
  | 'reportingProvider';

interface CounterRow extends Definition {
  /** The type of the events that it counts; null for all types. */
  event: string | null;
  only?: Condition;
  /**
   * Counts only an event that is the first of its type: of a message, recipient and kind of client, or of a person.
   * In total the first ever, per day the first of the day, so that neither depends on the order of arrival.
   */
  once?: 'perMessage' | 'perPerson';
  /** Counts events that are not about mail to a recipient. They are in no other counter. */
  apart?: 'callback' | 'routed' | 'test';
  /** Whether it counts every event of a type that Mailgun tells by webhook. Of the others its own log alone tells. */
  countsWebhooks?: true;
  /** A number of a mailing, for the examples of the API's document. */
  example: number;
}

/**
 * All counters that are stored: the published example's, then ours. The stored tallies, the types, the API, its
 * document, the columns of its tables, the dashboard with its help and `docs/definitions.md` follow from this table
 * and the two below. Buckets store their numbers in this order: a new counter goes to the end, and none changes its
 * place.
 */
export const counterTable = [
  {
    name: 'accepted',
    mailgun: 'accepted_count',
    definition: 'Messages that Mailgun has taken in, one per recipient.',
    event: 'accepted',
    countsWebhooks: true,
    example: 1000,
  },
  {
    name: 'delivered',
    mailgun: 'delivered_count',
    definition: 'Messages that the receiving server has taken.',
    otherwise: 'Copies that a route forwards are counted in forwarded: no recipient of the sender gets them.',
    event: 'delivered',
    countsWebhooks: true,
    example: 960,
  },
  {
    name: 'opens',
    mailgun: 'opened_count',
    definition: 'Opens, each of them, by people and machines.',
    event: 'opened',
    countsWebhooks: true,
    example: 702,
  },
  {
    name: 'clicks',
    mailgun: 'clicked_count',
    definition: 'Clicks, each of them, by people and machines.',
    event: 'clicked',
    countsWebhooks: true,
    example: 131,
  },
  {
    name: 'failures',
    mailgun: 'failed_count',
    definition: 'Failures, permanent and temporary.',
    otherwise: 'Failed callbacks, forwarded copies and tests are counted apart.',
    event: 'failed',
    countsWebhooks: true,
    example: 52,
  },
  {
    name: 'complaints',
    mailgun: 'complained_count',
    definition: 'Recipients who called the message spam.',
    event: 'complained',
    countsWebhooks: true,
    example: 1,
  },
  {
    name: 'unsubscribes',
    mailgun: 'unsubscribed_count',
    definition: 'Unsubscribes.',
    event: 'unsubscribed',
    countsWebhooks: true,
    example: 4,
  },
  {
    name: 'rejected',
    mailgun: 'rejected_count',
    definition: 'Messages that Mailgun has refused to take from the sender.',
    event: 'rejected',
    example: 0,
  },
  {
    name: 'stored',
    mailgun: 'stored_count',
    definition: 'Incoming messages that a route has stored.',
    event: 'stored',
    example: 0,
  },
  {
    name: 'permanentFailures',
    mailgun: 'permanent_failed_count',
    definition: 'Failures after which Mailgun does not try again, for whatever reason.',
    otherwise: 'Failed callbacks, forwarded copies and tests are counted apart.',
    event: 'failed',
    only: 'permanent',
    example: 40,
  },
  {
    name: 'temporaryFailures',
    mailgun: 'temporary_failed_count',
    definition: 'Failures of any other severity: one for each attempt, and Mailgun goes on trying.',
    event: 'failed',
    only: 'temporary',
    example: 12,
  },
  {
    name: 'suppressedFailures',
    mailgun: null,
    definition: 'Messages that Mailgun did not try to send because the address is on one of its lists.',
    event: 'failed',
    only: 'suppressed',
    example: 6,
  },
  {
    name: 'botOpens',
    mailgun: 'opened_count by bot',
    definition: 'Opens by machines, contained in opens.',
    event: 'opened',
    only: 'bot',
    example: 210,
  },
  {
    name: 'botClicks',
    mailgun: 'clicked_count by bot',
    definition: 'Clicks by machines, contained in clicks.',
    event: 'clicked',
    only: 'bot',
    example: 18,
  },
  {
    name: 'uniqueOpens',
    mailgun: 'unique_opened_count',
    definition:
      'Opens, one per message, recipient and kind of client (a person, or one of the machines); per day one per day.',
    otherwise: 'Mailgun counts an open anew after seven days, and here it never is in a total.',
    event: 'opened',
    once: 'perMessage',
    example: 610,
  },
  {
    name: 'uniqueClicks',
    mailgun: 'unique_clicked_count',
    definition: 'Clicks, one per message, recipient and kind of client; per day one per day.',
    otherwise: 'Mailgun counts a click anew after seven days, and here it never is in a total.',
    event: 'clicked',
    once: 'perMessage',
    example: 113,
  },
  {
    name: 'peopleOpened',
    mailgun: null,
    definition: 'People who have opened any message; per day those who opened on that day. No machines.',
    event: 'opened',
    once: 'perPerson',
    example: 402,
  },
  {
    name: 'peopleClicked',
    mailgun: null,
    definition: 'People who have clicked in any message; per day those who clicked on that day. No machines.',
    event: 'clicked',
    once: 'perPerson',
    example: 97,
  },
  {
    name: 'deliveredSmtp',
    mailgun: 'delivered_smtp_count',
    definition: 'Of delivered, those handed to a mail server.',
    event: 'delivered',
    only: 'smtp',
    example: 960,
  },
  {
    name: 'deliveredHttp',
    mailgun: 'delivered_http_count',
    definition: 'Of delivered, those handed over by HTTP.',
    otherwise: 'As a rule these are copies that a route forwards, and counted in forwarded.',
    event: 'delivered',
    only: 'http',
    example: 0,
  },
  {
    name: 'deliveredFirstAttempt',
    mailgun: 'delivered_first_attempt_count',
    definition: 'Of delivered, those taken at the first attempt.',
    otherwise: 'Legacy webhooks do not tell the attempt, so their events are in neither of the two.',
    event: 'delivered',
    only: 'firstAttempt',
    example: 930,
  },
  {
    name: 'deliveredTwoPlusAttempts',
    mailgun: 'delivered_two_plus_attempts_count',
    definition: 'Of delivered, those taken at the second attempt or later.',
    event: 'delivered',
    only: 'laterAttempt',
    example: 30,
  },
  {
    name: 'hardBounces',
    mailgun: 'hard_bounces_count',
    definition:
      "Permanent failures with the reason bounce that came at once. Mailgun puts these on the domain's bounce list.",
    event: 'failed',
    only: 'hard',
    example: 21,
  },
  {
    name: 'softBounces',
    mailgun: 'soft_bounces_count',
    definition:
      'Permanent failures with the reason generic, greylisted, blacklisted or espblock that came at once. Mailgun does not list these.',
    event: 'failed',
    only: 'soft',
    example: 8,
  },
  {
    name: 'delayedBounces',
    mailgun: 'delayed_bounce_count',
    definition: 'Permanent failures of messages that the server had taken at first.',
    event: 'failed',
    only: 'delayed',
    example: 2,
  },
  {
    name: 'permanentFailuresOld',
    mailgun: 'permanent_failed_old_count',
    definition: 'Permanent failures with the reason old: Mailgun has tried for eight hours in vain.',
    event: 'failed',
    only: 'old',
    example: 3,
  },
  {
    name: 'suppressedBounces',
    mailgun: 'suppressed_bounces_count',
    definition: 'Not sent because the address has bounced before.',
    otherwise: 'Legacy webhooks do not tell by which list a message was dropped: those are counted here.',
    event: 'failed',
    only: 'suppressedBounce',
    example: 3,
  },
  {
    name: 'suppressedComplaints',
    mailgun: 'suppressed_complaints_count',
    definition: 'Not sent because the recipient has complained before.',
    event: 'failed',
    only: 'suppressedComplaint',
    example: 1,
  },
  {
    name: 'suppressedUnsubscribes',
    mailgun: 'suppressed_unsubscribed_count',
    definition: 'Not sent because the recipient has unsubscribed before.',
    event: 'failed',
    only: 'suppressedUnsubscribe',
    example: 2,
  },
  {
    name: 'deliveredToReporting',
    mailgun: null,
    definition: 'Of delivered, those to providers that tell Mailgun of complaints. Gmail does not.',
    event: 'delivered',
    only: 'reportingProvider',
    example: 480,
  },
  {
    name: 'webhookFailures',
    mailgun: 'webhook_count',
    definition: "Calls of the owner's own URLs that have failed for good. No mail, and in no other number.",
    event: 'failed',
    only: 'permanent',
    apart: 'callback',
    example: 0,
  },
  {
    name: 'forwarded',
    mailgun: null,
    definition: 'Events of copies that a route has forwarded, of all types. In no other number.',
    event: null,
    apart: 'routed',
    example: 0,
  },
  {
    name: 'tests',
    mailgun: null,
    definition: 'Events of messages in test mode, of all types. In no other number.',
    event: null,
    apart: 'test',
    example: 0,
  },
] as const satisfies readonly CounterRow[];

export type StoredCounter = (typeof counterTable)[number]['name'];

/** A row of the table whose name is known to be one. */
export type NamedRow = CounterRow & { name: StoredCounter };

/** The names of all stored counters, in the order in which they are stored. */
export const storedCounters: readonly StoredCounter[] = counterTable.map(({ name }) => name);

interface DerivedRow extends Definition {
  plus: readonly StoredCounter[];
  minus: readonly StoredCounter[];
}

/** Numbers that follow from counters and are not stored. */
export const derivedTable = [
  {
    name: 'bounced',
    mailgun: 'bounced_count',
    definition: 'Permanent failures of messages that Mailgun has tried to send.',
    plus: ['permanentFailures'],
    minus: ['suppressedFailures'],
  },
  {
    name: 'processed',
    mailgun: 'processed_count',
    definition: 'Messages whose delivery is decided, each once, also those that Mailgun did not try to send.',
    plus: ['delivered', 'permanentFailures'],
    minus: ['delayedBounces'],
  },
  {
    name: 'sent',
    mailgun: 'sent_count',
    definition: 'Messages that Mailgun has tried to send and whose delivery is decided, each once.',
    otherwise: 'Mailgun counts a message that is delivered and bounces later twice.',
    plus: ['delivered', 'permanentFailures'],
    minus: ['suppressedFailures', 'delayedBounces'],
  },
] as const satisfies readonly DerivedRow[];

export type Counter = StoredCounter | (typeof derivedTable)[number]['name'];

/** The names of all counters, those that are not stored last. */
export const counters: readonly Counter[] = [...storedCounters, ...derivedTable.map(({ name }) => name)];

interface RateRow extends Definition {
  of: Counter;
  per: Counter;
}

/** Shares between 0 and 1 of two counters; null where there is nothing to divide by. */
export const rateTable = [
  {
    name: 'delivery',
    mailgun: 'delivered_rate',
    definition: 'Delivered of what Mailgun has tried to send.',
    of: 'delivered',
    per: 'sent',
  },
  {
    name: 'bounce',
    mailgun: 'bounce_rate',
    definition: 'Bounced of all messages whose delivery is decided.',
    of: 'bounced',
    per: 'processed',
  },
  {
    name: 'open',
    mailgun: 'opened_rate',
    definition: 'Opens, each of them, per delivered message.',
    of: 'opens',
    per: 'delivered',
  },
  {
    name: 'click',
    mailgun: 'clicked_rate',
    definition: 'Clicks, each of them, per delivered message.',
    of: 'clicks',
    per: 'delivered',
  },
  {
    name: 'clickToOpen',
    mailgun: null,
    definition: 'People who clicked of those who opened.',
    of: 'peopleClicked',
    per: 'peopleOpened',
  },
  {
    name: 'complaint',
    mailgun: 'complained_rate',
    definition:
      'Complaints per delivered message; complaintCoverage says how much of the mail they can come from.',
    of: 'complaints',
    per: 'delivered',
  },
  {
    name: 'unsubscribe',
    mailgun: 'unsubscribed_rate',
    definition: 'Unsubscribes per delivered message.',
    of: 'unsubscribes',
    per: 'delivered',
  },
  {
    name: 'permanentFail',
    mailgun: 'permanent_fail_rate',
    definition: 'Permanent failures of all messages whose delivery is decided.',
    of: 'permanentFailures',
    per: 'processed',
  },
  {
    name: 'uniqueOpen',
    mailgun: 'unique_opened_rate',
    definition: 'Unique opens per delivered message.',
    of: 'uniqueOpens',
    per: 'delivered',
  },
  {
    name: 'uniqueClick',
    mailgun: 'unique_clicked_rate',
    definition: 'Unique clicks per delivered message.',
    of: 'uniqueClicks',
    per: 'delivered',
  },
  {
    name: 'delayed',
    mailgun: 'delayed_rate',
    definition: 'Delivered messages that took two attempts or more.',
    of: 'deliveredTwoPlusAttempts',
    per: 'delivered',
  },
  {
    name: 'complaintCoverage',
    mailgun: null,
    definition: 'Share of delivered messages at providers that tell Mailgun of complaints; Gmail does not.',
    of: 'deliveredToReporting',
    per: 'delivered',
  },
] as const satisfies readonly RateRow[];

export type RateName = (typeof rateTable)[number]['name'];

/** How a number follows from others, such as `delivered + permanentFailures - delayedBounces`; null when it is counted. */
export function formulaOf(name: Counter | RateName): string | null {
  const rate = rateTable.find((row) => row.name === name);
  if (rate) return `${rate.of} / ${rate.per}`;
  const derived = derivedTable.find((row) => row.name === name);
  return derived ? [derived.plus.join(' + '), ...derived.minus].join(' - ') : null;
}

/** All numbers and rates with what they mean. */
export const definitions: ReadonlyArray<Definition & { name: Counter | RateName }> = [
  ...counterTable,
  ...derivedTable,
  ...rateTable,
];

const definitionsByName = new Map(definitions.map((row) => [row.name, row]));

/** What a number or a rate means, with its formula, in sentences. */
export function helpOf(name: Counter | RateName): string {
  const formula = formulaOf(name);
  return `${definitionsByName.get(name)?.definition ?? ''}${formula === null ? '' : ` ${formula}.`}`;
}
