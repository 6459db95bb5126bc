import fc from 'fast-check';
import * as v from 'valibot';
import { expect } from 'vitest';
import { type App, event, type Kind } from '../app/app';
import { accountKey, type RecordedMailgun, startComparing, startRecordedMailgun } from '../backfill/space';
import { type MetricsOptions, metricsRoutes } from '../mailgun-api/metrics';
import type { MailgunRoutes } from '../mailgun-api/server';

export const dayMs = 86_400_000;
export const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
/** The newest day that is complete at any time of the day. */
export const newestDay = dayOf(Date.now() - 2 * dayMs);

/** What happens to messages, as fields of the event: all types that Mailgun counts. */
export const happenings: ReadonlyArray<readonly [event: string, fields: Record<string, unknown>]> = [
  ['accepted', {}],
  ['delivered', { 'delivery-status': { code: 250, 'attempt-no': 1 } }],
  ['delivered', { 'delivery-status': { code: 250, 'attempt-no': 3 } }],
  ['delivered', { envelope: { transport: 'smtp' } }],
  ['opened', { 'client-info': { bot: '' } }],
  ['opened', { 'client-info': { bot: 'apple' } }],
  ['clicked', { url: 'https://example.com/' }],
  ['failed', { severity: 'temporary', reason: 'generic', 'delivery-status': { code: 451 } }],
  ['failed', { severity: 'permanent', reason: 'bounce', 'delivery-status': { code: 550 } }],
  ['failed', { severity: 'permanent', reason: 'generic', 'delivery-status': { code: 552 } }],
  ['failed', { severity: 'permanent', reason: 'old', 'delivery-status': { code: 602 } }],
  ['failed', { severity: 'permanent', reason: 'suppress-bounce', 'delivery-status': { code: 605 } }],
  ['failed', { severity: 'permanent', reason: 'suppress-unsubscribe', 'delivery-status': { code: 606 } }],
  ['failed', { severity: 'permanent', reason: 'suppress-complaint', 'delivery-status': { code: 607 } }],
  ['failed', { severity: 'permanent', reason: 'bounce', flags: { 'is-delayed-bounce': true } }],
  ['unsubscribed', { tags: ['*'] }],
  ['complained', {}],
  ['stored', { recipient: 'inbox@example.com' }],
];

/** An event that happened at a time, in milliseconds since 1970. */
export function happened(
  domain: string,
  at: number,
  name: string,
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  return event(name, { timestamp: at / 1000, domain: { name: domain }, ...fields });
}

export interface Mail {
  readonly data: Record<string, unknown>;
  /** How its webhooks fare. */
  readonly webhook: 'comes' | 'lost' | 'twice';
  /** Whether Mailgun's record shows it late. */
  readonly isLate: boolean;
}

/** Mail of some days, by a seed: a part of its webhooks is lost, a part comes twice. */
export function mailOf(
  { domains, days, perDay }: { domains: readonly string[]; days: number; perDay: number },
  seed: number,
): Mail[] {
  const one = fc.record({
    happening: fc.constantFrom(...happenings),
    domain: fc.constantFrom(...domains),
    day: fc.nat(days - 1),
    // Also the first and the last moment of an hour and of a day.
    ms: fc.oneof(fc.nat(dayMs - 1), fc.constantFrom(0, 3_600_000, 3_599_999, dayMs - 1)),
    person: fc.nat(20),
    webhook: fc.constantFrom('comes', 'comes', 'comes', 'comes', 'comes', 'lost', 'twice' as const),
    isLate: fc.boolean(),
  });
  const count = domains.length * days * perDay;
  return fc
    .sample(one, { seed, numRuns: count })
    .map(({ happening: [name, fields], domain, day, ms, person, ...rest }) => ({
      ...rest,
      webhook: v.parse(v.picklist(['comes', 'lost', 'twice']), rest.webhook),
      data: happened(domain, Date.parse(newestDay) - day * dayMs + ms, name, {
        recipient: `person-${person}@example.com`,
        message: { headers: { 'message-id': `${person}-${day}@${domain}` } },
        ...fields,
      }),
    }));
}

export interface CountingMailgun extends RecordedMailgun {
  readonly app: App;
  /** Whether Mailgun's record lists nothing. */
  isRecordEmpty: boolean;
}

/** A Mailgun with a record and counts, and an app that compares with it. The caller stops both. */
export async function startCounted(
  domains: readonly string[],
  options: MetricsOptions & {
    before?: readonly MailgunRoutes[];
    env?: Record<string, string>;
    pageSize?: number;
  } = {},
  kind: Kind = 'bundle',
): Promise<CountingMailgun> {
  const { before = [], env = {}, pageSize = 100, ...metrics } = options;
  let counts: MailgunRoutes = () => null;
  const state = { isRecordEmpty: false };
  const emptyRecord: MailgunRoutes = ({ url }) =>
    state.isRecordEmpty && url.pathname.includes('/events')
      ? { status: 200, body: { items: [], paging: {} } }
      : null;
  const mailgun = await startRecordedMailgun({
    accounts: { [accountKey]: domains },
    pageSize,
    before: [...before, emptyRecord, (request) => counts(request)],
  });
  counts = metricsRoutes(mailgun.record, metrics);
  const app = await startComparing(mailgun, kind, { env: { ...mailgun.env, ...env } });
  return Object.assign(state, mailgun, { app });
}

/** Tells the app and Mailgun's record of mail. */
export async function tell({ app, record }: CountingMailgun, mail: readonly Mail[]): Promise<void> {
  for (const { data, isLate } of mail) record.add(data, isLate);
  const sent = mail.flatMap(({ data, webhook }) =>
    webhook === 'lost' ? [] : webhook === 'twice' ? [data, data] : [data],
  );
  for (let at = 0; at < sent.length; at += 20)
    await Promise.all(sent.slice(at, at + 20).map((data) => app.send(data)));
  await app.drain();
}

const step = v.object({
  done: v.boolean(),
  waiting: v.boolean(),
  problem: v.nullable(v.object({ detail: v.string(), retrySeconds: v.nullable(v.number()) })),
});

/** Compares a span of days to its end. */
export async function reconcile(
  { app }: Pick<CountingMailgun, 'app'>,
  span: { from: string; to: string; domain?: string },
): Promise<void> {
  const since = new Date().toISOString();
  await expect
    .poll(
      async () => {
        const { status, body } = await app.call('POST', '/api/reconciliation', { ...span, since });
        expect({ status, body }).toMatchObject({ status: 200 });
        return v.parse(step, body);
      },
      { timeout: 240_000, interval: 100 },
    )
    .toMatchObject({ done: true, problem: null });
}

const cause = v.object({ counter: v.string(), reason: v.string(), count: v.number(), isKnown: v.boolean() });
const comparison = v.object({
  summary: v.object({
    days: v.number(),
    equal: v.number(),
    explained: v.number(),
    differs: v.number(),
    open: v.number(),
    events: v.number(),
    mailgunEvents: v.number(),
    unequal: v.number(),
    sentence: v.nullable(v.string()),
  }),
  items: v.array(
    v.object({
      domain: v.string(),
      day: v.string(),
      state: v.string(),
      lastError: v.nullable(v.string()),
      broughtBack: v.number(),
      differences: v.array(v.object({ counter: v.string(), ours: v.number(), mailgun: v.number() })),
      causes: v.array(cause),
      sentences: v.array(v.string()),
      onlyOurs: v.array(v.object({ key: v.string(), event: v.string(), occurredAt: v.string() })),
    }),
  ),
});
export type Compared = v.InferOutput<typeof comparison>;

export async function comparedDays(
  { app }: CountingMailgun,
  { from, to }: { from: string; to: string },
): Promise<Compared> {
  return v.parse(comparison, (await app.get(`/api/reconciliation?from=${from}&to=${to}`)).body);
}

/** The causes of a day, firsts left out, as `counter reason count`. */
export function causesOf(compared: Compared, day: string): string[] {
  const found = compared.items.find((one) => one.day === day)?.causes ?? [];
  return found
    .filter(({ reason }) => reason !== 'uniques')
    .map(({ counter, reason, count }) => `${counter} ${reason} ${count}`);
}

/** The reasons for all differences but of firsts, each once. */
export function reasonsOf({ items }: Compared): string[] {
  const all = items.flatMap(({ causes }) => causes.map(({ reason }) => reason));
  return [...new Set(all)].filter((reason) => reason !== 'uniques').sort();
}
