import * as v from 'valibot';
import {
  type Counter,
  counters as counterNames,
  type RateName as Rate,
  rateTable,
} from '../../../statistics/counter-table';

/** What the API answers, as docs/api.md describes it; only the fields that the page shows. */

const text = v.nullable(v.string());
const numbersByName = v.record(v.string(), v.number());
const share = v.nullable(v.number());

/** A counter that is zero may be left out. */
const counter = v.optional(v.number(), 0);

const counterEntries = v.entriesFromList(counterNames, counter);

export const counters = v.object(counterEntries);
export type Counters = v.InferOutput<typeof counters>;
export type CounterName = Counter;

const rates = v.object(
  v.entriesFromList(
    rateTable.map(({ name }) => name),
    share,
  ),
);
export type Rates = v.InferOutput<typeof rates>;
export type RateName = Rate;

const days = v.record(v.string(), counters);

const health = v.object({
  status: v.picklist(['ok', 'not_configured', 'stuck', 'unavailable']),
  pending: counter,
  dead: counter,
  oldestPendingSeconds: v.optional(share, null),
  lastReceivedAt: v.optional(text, null),
  lastBackfillAt: v.optional(text, null),
});
export type Health = v.InferOutput<typeof health>;

export const summary = v.object({
  totals: counters,
  rates,
  firstEventAt: text,
  lastEventAt: text,
  days,
  change: v.nullable(
    v.object({ totals: v.record(v.string(), share), rates: v.record(v.string(), v.optional(share, null)) }),
  ),
  providers: v.array(v.object({ provider: v.string(), totals: counters, rates })),
  domains: v.array(v.object({ domain: v.string(), totals: counters, rates })),
  health,
  refusedToday: numbersByName,
  missedByWebhook: numbersByName,
});
export type Summary = v.InferOutput<typeof summary>;

export const timeline = v.object({
  items: v.array(v.object({ ...counterEntries, start: v.string() })),
});

const campaignEntries = {
  ...counterEntries,
  tag: v.string(),
  rates,
  firstEventAt: text,
  lastEventAt: text,
  trend: v.array(
    v.object({ day: v.string(), delivered: counter, uniqueOpens: counter, uniqueClicks: counter }),
  ),
};
const campaign = v.object(campaignEntries);
export type Campaign = v.InferOutput<typeof campaign>;
export const campaignWithDays = v.object({ ...campaignEntries, days });

export const statuses = ['active', 'manual', 'bounced', 'unsubscribed', 'complained'] as const;
export type Status = (typeof statuses)[number];

const suppression = v.object({
  id: v.string(),
  list: v.string(),
  domain: text,
  scope: v.string(),
  since: v.string(),
  source: v.string(),
  event: text,
  detail: text,
  by: text,
  until: text,
  doubtful: v.boolean(),
  refusedByMailgun: v.boolean(),
});
export type Suppression = v.InferOutput<typeof suppression>;

const subscriberEntries = {
  email: v.string(),
  status: v.picklist(statuses),
  bounceReason: text,
  bounceDate: text,
  complaintDate: text,
  unsubscribeDate: text,
  unsubscribedFrom: v.array(v.string()),
  softBounces: v.number(),
  reactivatedAt: text,
  lastDeliveredAt: text,
  lastOpenedAt: text,
  lastClickedAt: text,
  firstEventAt: text,
  lastEventAt: text,
  suppressions: v.array(suppression),
};
const subscriber = v.object(subscriberEntries);
export type Subscriber = v.InferOutput<typeof subscriber>;

const eventEntries = {
  key: v.string(),
  format: v.string(),
  event: v.string(),
  severity: text,
  reason: text,
  recipient: text,
  recipientProvider: text,
  domain: text,
  account: text,
  messageId: text,
  subject: text,
  occurredAt: v.string(),
  tags: v.array(v.string()),
  userVariables: text,
  deliveryStatus: v.nullable(
    v.object({
      code: v.nullable(v.number()),
      enhancedCode: text,
      message: text,
      description: text,
      attempt: v.nullable(v.number()),
      mxHost: text,
      bounceType: text,
      lastCode: v.nullable(v.number()),
      lastMessage: text,
    }),
  ),
  classification: text,
  failureCode: text,
  unsubscribedFrom: v.array(v.string()),
  url: text,
  ip: text,
  clientInfo: v.nullable(v.object({ type: text, name: text, os: text, device: text, userAgent: text })),
  geolocation: v.nullable(v.object({ country: text, region: text, city: text })),
  bot: text,
  mailingList: text,
  source: v.string(),
  receivedAt: v.string(),
  processedAt: text,
  attempts: v.number(),
  state: text,
  lastError: text,
};
export const event = v.object(eventEntries);
export type MailEvent = v.InferOutput<typeof event>;
const meaning = v.object({
  listedByMailgun: v.boolean(),
  addressIsBad: v.nullable(v.boolean()),
  doubt: text,
});
/** What a failure says of its address. */
export type Meaning = v.InferOutput<typeof meaning>;
export const eventWithOriginal = v.object({ ...eventEntries, meaning: v.nullable(meaning), raw: text });

const next = v.nullable(v.string());
export const campaigns = v.object({ items: v.array(campaign), next });
export const subscribers = v.object({ items: v.array(subscriber), next });
export const events = v.object({ items: v.array(event), next });
export const subscriberWithStory = v.object({ ...subscriberEntries, events: v.array(event), next });
export const message = v.object({
  messageId: v.string(),
  subject: text,
  domain: text,
  tags: v.array(v.string()),
  recipients: v.array(v.object({ recipient: text, events: v.array(event) })),
  next,
});

const failureGroup = v.object({
  provider: v.string(),
  classification: v.string(),
  code: text,
  failures: v.number(),
  hardBounces: v.number(),
  addressIsBad: v.nullable(v.boolean()),
});
/** Failures at one provider that have the same to say, of one sending domain or of several. */
export type FailureGroup = v.InferOutput<typeof failureGroup>;
export const failures = v.object({ failures: v.number(), items: v.array(failureGroup) });

export const refusalDays = v.object({
  items: v.array(v.object({ day: v.string(), total: v.number(), reasons: numbersByName })),
});
export const backfill = v.object({
  configured: v.boolean(),
  problem: v.optional(text, null),
  items: v.array(
    v.object({
      domain: v.string(),
      checkedUntil: text,
      lastRunAt: text,
      lastError: text,
      missed: v.optional(numbersByName, {}),
    }),
  ),
  missed: numbersByName,
});
export type Backfill = v.InferOutput<typeof backfill>;

export const reconciliation = v.object({
  configured: v.boolean(),
  summary: v.object({ differs: v.number(), sentence: text }),
  items: v.array(
    v.object({
      domain: v.string(),
      day: v.string(),
      state: v.string(),
      sentences: v.array(v.string()),
      lastError: text,
      finishedAt: text,
    }),
  ),
});

export const blocks = v.object({
  items: v.array(
    v.object({ day: v.string(), provider: v.string(), code: v.string(), addresses: v.number() }),
  ),
});
export type Block = v.InferOutput<typeof blocks>['items'][number];
const retry = v.nullable(v.object({ detail: v.string(), retrySeconds: v.nullable(v.number()) }));
export const blockLifted = v.object({
  lifted: v.number(),
  mailgun: text,
  problem: retry,
  next: text,
});
export const comparedLists = v.object({
  configured: v.boolean(),
  problem: text,
  items: v.array(
    v.object({
      domain: v.string(),
      list: v.string(),
      isRunning: v.boolean(),
      finishedAt: text,
      seen: v.number(),
      added: v.number(),
      lifted: v.number(),
      lastError: text,
    }),
  ),
});
export const listDifferences = v.object({
  items: v.array(
    v.object({
      email: v.string(),
      list: v.string(),
      domain: v.string(),
      scope: v.string(),
      side: v.string(),
    }),
  ),
  next,
});

export const reactivated = v.object({
  mailgun: v.object({ removed: v.array(v.string()), detail: v.string() }),
});
export const erased = v.object({ events: v.number() });
export const requeued = v.object({ requeued: v.number(), more: v.optional(v.boolean(), false) });
export const problem = v.object({ error: v.string(), detail: v.string() });
