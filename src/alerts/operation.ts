import { missedByWebhook } from '../statistics/counters';
import { allMail, dimensionOf } from '../statistics/dimension';
import type { Facts } from './facts';
import { measureNumbers } from './numbers-compared';
import type { Measurement } from './reading';
import type { RuleName, ruleTable } from './rules';
import { countIn, usualAt } from './usual';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How long Mailgun must have refused before anybody is told: most refusals pass. */
const refusedMs = hourMs + 30 * minuteMs;

type OperationRule = Extract<(typeof ruleTable)[number], { measure: { kind: 'operation' } }>['name'];
type Measured = Partial<Measurement> & Pick<Measurement, 'value'>;

const ofAllMail = (measured: Measured): Measurement => ({
  scope: allMail,
  count: measured.value,
  volume: measured.value,
  details: [],
  ...measured,
});

const minutesSince = (time: number, now: number) => Math.max(0, Math.floor((now - time) / minuteMs));

/** How many events are usual in the time since a moment, at most since the last full hour began. */
function usualSince(since: number, now: number, { lastHourBefore, thisHourBefore }: Facts): number {
  const thisHour = Math.floor(now / hourMs) * hourMs;
  const from = Math.max(since, thisHour - hourMs);
  const events = (days: Facts['thisHourBefore']) =>
    usualAt(days, (window) => countIn(window, allMail, missedByWebhook));
  const inLastHour = Math.max(0, thisHour - from) / hourMs;
  const inThisHour = (now - Math.max(from, thisHour)) / hourMs;
  return Math.floor(events(lastHourBefore) * inLastHour + events(thisHourBefore) * inThisHour);
}

/** What each rule of the operation measures. An empty list: nothing is wrong, or it does not apply. */
export const operationMeasures: Record<OperationRule, (facts: Facts, now: number) => Measurement[]> = {
  'no-events': (facts, now) => {
    if (facts.lastReceivedAt === null) return [];
    const since = Date.parse(facts.lastReceivedAt);
    const usual = usualSince(since, now, facts);
    const details = [`The last event came at ${facts.lastReceivedAt}; ${usual} are usual since then.`];
    return [ofAllMail({ value: minutesSince(since, now), count: usual, volume: usual, details })];
  },
  'dead-letters': ({ backlog }) => [ofAllMail({ value: backlog.dead })],
  'pending-too-long': ({ backlog: { oldestPending, pending } }, now) =>
    oldestPending === null
      ? []
      : [
          ofAllMail({
            value: minutesSince(Date.parse(oldestPending), now),
            details: [`${pending} events wait.`],
          }),
        ],
  'refused-signatures': ({ refusedSignatures, lastReceivedAt }) =>
    refusedSignatures === null
      ? []
      : [
          ofAllMail({
            value: refusedSignatures,
            details: [`The last event that was taken in came at ${lastReceivedAt ?? 'no time yet'}.`],
          }),
        ],
  'backfill-behind': ({ backfill }, now) =>
    [...(backfill?.cursors ?? [])].flatMap(([domain, { checkedUntil, knownSince, lastError }]) => {
      const since = checkedUntil ?? knownSince;
      if (since === null) return [];
      const own = ofAllMail({ value: minutesSince(since * 1000, now) });
      const details = lastError === null ? [] : [lastError];
      return [{ ...own, scope: dimensionOf('domain', domain), details }];
    }),
  'backfill-refused': ({ backfill }, now) => {
    if (backfill === null) return [];
    const { cursors, lastError, unread } = backfill;
    const isStale = (checkedUntil: number | null) =>
      checkedUntil === null || checkedUntil * 1000 <= now - refusedMs;
    const domains = [...cursors].flatMap(([domain, cursor]) =>
      cursor.lastError !== null && isStale(cursor.checkedUntil)
        ? [{ ...ofAllMail({ value: 1, details: [cursor.lastError] }), scope: dimensionOf('domain', domain) }]
        : [],
    );
    const isNoneChecked = [...cursors.values()].every(({ checkedUntil }) => isStale(checkedUntil));
    const refusal = lastError !== null && isNoneChecked ? lastError : unread;
    return refusal === null ? domains : [ofAllMail({ value: 1, details: [refusal] }), ...domains];
  },
  'lists-differ': ({ places }) => {
    const differences = new Map<string, number>();
    // The first comparison is an import: all of it is new.
    for (const { domain, list, comparisons, finishedAt, startedAt, added, lifted } of places)
      if (list !== 'allow' && comparisons > 1 && finishedAt !== null && startedAt === null)
        differences.set(domain, (differences.get(domain) ?? 0) + added + lifted);
    return [...differences].map(([domain, value]) => ({
      ...ofAllMail({ value }),
      scope: dimensionOf('domain', domain),
    }));
  },
  'numbers-differ': ({ numbers }, now) =>
    measureNumbers(numbers, now).map(({ domain, value, details }) => ({
      ...ofAllMail({ value, details }),
      ...(domain !== null && { scope: dimensionOf('domain', domain) }),
    })),
  'mailgun-threshold': ({ hits }) =>
    (hits ?? []).map(({ name, detail }) => ({
      ...ofAllMail({ value: 1, details: detail === '' ? [] : [detail] }),
      scope: `threshold:${name}`,
    })),
};

/** Whether a rule is about the operation of the app. */
export function isOperationRule(name: RuleName): name is OperationRule {
  return name in operationMeasures;
}
