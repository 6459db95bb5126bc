import * as v from 'valibot';
import { cut, wellFormed } from '../events/text';
import type { Access } from '../mailgun-client/ask';
import type { MailgunSettings } from '../settings/settings';
import { accountsOf } from './account';
import { MailgunProblem, requestMailgun } from './request';

/** How long a bucket of Mailgun's counts is, and for how many days it keeps them. */
export const resolutions = {
  hour: { lengthMs: 3_600_000, keptDays: 60 },
  day: { lengthMs: 86_400_000, keptDays: 365 },
} as const;
export type Resolution = keyof typeof resolutions;

/** Most metrics that one question may name. */
const maxMetrics = 10;
/** Most items of a page by time. */
const pageSize = 1500;
/** Pages of one question: a year of days and 60 days of hours are one. */
const maxPages = 5;

const pageBody = v.object({
  resolution: v.optional(v.nullable(v.string())),
  items: v.optional(
    v.nullable(
      v.array(
        v.object({
          dimensions: v.array(v.object({ dimension: v.string(), value: v.string() })),
          // Rates are texts; only counts are asked for.
          metrics: v.record(v.string(), v.unknown()),
        }),
      ),
    ),
    [],
  ),
});
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const refusalBody = v.object({ message: v.string() });

/** A span of time in whole buckets of a resolution; milliseconds since 1970, the end exclusive. */
export interface MetricsSpan {
  readonly resolution: Resolution;
  readonly begin: number;
  readonly end: number;
}

/** Mailgun's counts by the start of their bucket, in milliseconds since 1970. A bucket without any has all zeros. */
export type CountsByTime = ReadonlyMap<number, ReadonlyMap<string, number>>;

function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

function refusal(status: number, body: unknown): MailgunProblem {
  const said = v.safeParse(refusalBody, body);
  const detail = said.success ? `: ${cut(wellFormed(said.output.message), 200)}` : '';
  return new MailgunProblem(`Mailgun answered ${status} when asked for its counts${detail}.`);
}

/** Mailgun's account that has a domain. An account that has it not would answer zeros. @throws MailgunProblem */
async function accountWith(
  settings: MailgunSettings,
  domain: string,
): Promise<{ name: string; account: Access }> {
  const { name, accounts } = accountsOf(settings, domain);
  const statuses: number[] = [];
  for (const account of accounts) {
    const { status } = await requestMailgun(account, 'GET', `/v4/domains/${name}`);
    if (status === 200) return { name, account };
    statuses.push(status);
  }
  throw new MailgunProblem(
    `Mailgun answered ${statuses.join(', ')} when asked for the domain ${domain}: check MAILGUN_API_KEY, MAILGUN_DOMAINS and the region.`,
  );
}

/** Reads a page, null when Mailgun refuses the question as it is. */
async function readPage(
  account: Access,
  name: string,
  { resolution, begin, end }: MetricsSpan,
  metrics: readonly string[],
  skip: number,
): Promise<NonNullable<v.InferOutput<typeof pageBody>['items']> | null> {
  const { status, body } = await requestMailgun(account, 'POST', '/v1/analytics/metrics', {
    start: rfc2822(begin),
    // The bucket that begins here is not wanted. Whether Mailgun counts it in, nobody says.
    end: rfc2822(end),
    resolution,
    dimensions: ['time'],
    metrics,
    // The domain may be a subaccount's.
    include_subaccounts: true,
    filter: { AND: [{ attribute: 'domain', comparator: '=', values: [{ label: name, value: name }] }] },
    pagination: { sort: 'time:asc', skip, limit: pageSize },
  });
  if (status === 400) return null;
  if (status !== 200) throw refusal(status, body);
  const page = v.safeParse(pageBody, body);
  if (!page.success || (page.output.resolution ?? resolution) !== resolution)
    throw new MailgunProblem(`Mailgun answered something else than its counts by the ${resolution}.`);
  return page.output.items ?? [];
}

/** Adds what a page says. @throws MailgunProblem when it is not what was asked for */
function addPage(
  byTime: Map<number, Map<string, number>>,
  items: NonNullable<v.InferOutput<typeof pageBody>['items']>,
  { resolution, begin, end }: MetricsSpan,
  metrics: readonly string[],
): void {
  for (const { dimensions, metrics: told } of items) {
    const time = Date.parse(dimensions.find(({ dimension }) => dimension === 'time')?.value ?? '');
    if (Number.isNaN(time) || time % resolutions[resolution].lengthMs !== 0)
      throw new MailgunProblem(`Mailgun answered something else than its counts by the ${resolution}.`);
    if (time < begin || time >= end) continue;
    const counts = byTime.get(time) ?? new Map<string, number>();
    byTime.set(time, counts);
    for (const metric of metrics) {
      const read = v.safeParse(v.optional(v.nullable(count), 0), told[metric]);
      if (!read.success) throw new MailgunProblem(`Mailgun told a count of ${metric} that is no number.`);
      counts.set(metric, read.output ?? 0);
    }
  }
}

/** Reads some metrics, at most ten. @returns whether Mailgun knows them */
async function readGroup(
  account: Access,
  name: string,
  span: MetricsSpan,
  metrics: readonly string[],
  byTime: Map<number, Map<string, number>>,
): Promise<boolean> {
  for (let page = 0; page < maxPages; page += 1) {
    const items = await readPage(account, name, span, metrics, page * pageSize);
    if (items === null) return false;
    addPage(byTime, items, span, metrics);
    if (items.length < pageSize) return true;
  }
  throw new MailgunProblem('Mailgun tells its counts without an end.');
}

/**
 * Mailgun's own counts of a domain (`POST /v1/analytics/metrics`), bucket by bucket. Of a metric that Mailgun refuses to
 * tell, no bucket says anything.
 * @param domain as in the settings, with its region
 * @param metrics such as `delivered_count`
 * @returns every bucket of the span
 * @throws MailgunProblem
 */
export async function readMetrics(
  settings: MailgunSettings,
  domain: string,
  span: MetricsSpan,
  metrics: readonly string[],
): Promise<CountsByTime> {
  const { name, account } = await accountWith(settings, domain);
  const byTime = new Map<number, Map<string, number>>();
  const known: string[] = [];
  for (let at = 0; at < metrics.length; at += maxMetrics) {
    const group = metrics.slice(at, at + maxMetrics);
    if (await readGroup(account, name, span, group, byTime)) {
      known.push(...group);
      continue;
    }
    // One name that Mailgun does not know spoils the question for all others.
    for (const metric of group)
      if (await readGroup(account, name, span, [metric], byTime)) known.push(metric);
  }
  if (known.length === 0)
    throw new MailgunProblem('Mailgun refuses to tell any of its counts: look at the plan of the account.');
  const all = new Map<number, Map<string, number>>();
  for (let time = span.begin; time < span.end; time += resolutions[span.resolution].lengthMs)
    all.set(time, new Map(known.map((metric) => [metric, byTime.get(time)?.get(metric) ?? 0])));
  return all;
}
