import * as v from 'valibot';
import { domainFilter, rfc2822 } from './analytics';
import type { MailgunRecord, RecordedEvent } from './event-store';
import type { MailgunAnswer, MailgunRoutes } from './server';

const question = v.object({
  start: rfc2822,
  end: rfc2822,
  resolution: v.picklist(['hour', 'day']),
  dimensions: v.tuple([v.literal('time')]),
  metrics: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(10)),
  filter: domainFilter,
  pagination: v.object({
    sort: v.literal('time:asc'),
    skip: v.pipe(v.number(), v.minValue(0)),
    limit: v.pipe(v.number(), v.minValue(1), v.maxValue(1500)),
  }),
});

const told = v.object({
  event: v.string(),
  severity: v.optional(v.string()),
  reason: v.optional(v.string()),
  recipient: v.optional(v.string()),
  flags: v.optional(v.record(v.string(), v.unknown()), {}),
  envelope: v.optional(v.looseObject({ transport: v.optional(v.string()) }), {}),
  message: v.optional(v.unknown()),
  'delivery-status': v.optional(v.nullable(v.looseObject({ 'attempt-no': v.optional(v.number()) }))),
  'client-info': v.optional(v.nullable(v.looseObject({ bot: v.optional(v.nullable(v.string())) }))),
});
type Told = v.InferOutput<typeof told>;

const isPermanent = ({ event, severity }: Told) => event === 'failed' && severity === 'permanent';
const isDelayed = ({ flags }: Told) => flags['is-delayed-bounce'] === true;
const isHttp = ({ envelope }: Told) => envelope.transport === 'http';
const attempt = (one: Told) => one['delivery-status']?.['attempt-no'] ?? 0;
const of = (name: string) => (one: Told) => one.event === name;

/** What Mailgun's documents say of each of its counts. */
const definitions: Record<string, (one: Told) => boolean> = {
  accepted_count: of('accepted'),
  delivered_count: of('delivered'),
  delivered_smtp_count: (one) => one.event === 'delivered' && !isHttp(one),
  delivered_http_count: (one) => one.event === 'delivered' && isHttp(one),
  delivered_first_attempt_count: (one) => one.event === 'delivered' && attempt(one) === 1,
  delivered_two_plus_attempts_count: (one) => one.event === 'delivered' && attempt(one) >= 2,
  opened_count: of('opened'),
  clicked_count: of('clicked'),
  unsubscribed_count: of('unsubscribed'),
  complained_count: of('complained'),
  stored_count: of('stored'),
  failed_count: of('failed'),
  permanent_failed_count: isPermanent,
  temporary_failed_count: (one) => one.event === 'failed' && !isPermanent(one),
  hard_bounces_count: (one) => isPermanent(one) && one.reason === 'bounce' && !isDelayed(one),
  soft_bounces_count: (one) =>
    isPermanent(one) &&
    ['generic', 'greylisted', 'blacklisted', 'espblock'].includes(one.reason ?? '') &&
    !isDelayed(one),
  delayed_bounce_count: (one) => isPermanent(one) && isDelayed(one),
  permanent_failed_old_count: (one) => isPermanent(one) && one.reason === 'old',
  suppressed_bounces_count: (one) => isPermanent(one) && one.reason === 'suppress-bounce',
  suppressed_complaints_count: (one) => isPermanent(one) && one.reason === 'suppress-complaint',
  suppressed_unsubscribed_count: (one) => isPermanent(one) && one.reason === 'suppress-unsubscribe',
  webhook_count: (one) => isPermanent(one) && one.flags['is-callback'] === true,
};
/** One for each message, recipient and machine. */
const uniques: Record<string, string> = { unique_opened_count: 'opened', unique_clicked_count: 'clicked' };
const sevenDaysMs = 7 * 86_400_000;

export interface MetricsOptions {
  /** Events that its counts know and its record does not list; by reference. */
  readonly onlyCounted?: RecordedEvent[];
  /** Events that its record lists and its counts do not know, by id; by reference. */
  readonly uncounted?: string[];
  /** Whether messages in test mode are counted. */
  readonly countsTests?: boolean;
  /** Names that are refused. */
  readonly unknown?: readonly string[];
  /** How many milliseconds an event is counted later than it happened. */
  readonly lateMs?: number;
}

function refuse(message: string): MailgunAnswer {
  return { status: 400, body: { message } };
}

/** The times at which an event is the first of its message, recipient and machine within seven days. */
function firstTimes(name: string, events: readonly { at: number; told: Told }[]): number[] {
  const last = new Map<string, number>();
  return events.flatMap(({ at, told: one }) => {
    if (one.event !== name) return [];
    const key = JSON.stringify([one.message ?? null, one.recipient, one['client-info']?.bot ?? '']);
    const before = last.get(key);
    if (before !== undefined && at - before < sevenDaysMs) return [];
    last.set(key, at);
    return [at];
  });
}

/** `POST /v1/analytics/metrics`: the counts of an account, made of its record, as Mailgun defines each name. */
export function metricsRoutes(record: MailgunRecord, options: MetricsOptions = {}): MailgunRoutes {
  const { onlyCounted = [], uncounted = [], countsTests = false, unknown = [], lateMs = 0 } = options;
  return ({ method, url, body, apiKey }) => {
    if (method !== 'POST' || url.pathname !== '/v1/analytics/metrics') return null;
    const asked = v.safeParse(question, JSON.parse(body.toString()));
    if (!asked.success) return refuse(asked.issues[0].message);
    const { start, end, resolution, metrics, filter, pagination } = asked.output;
    const wrong = metrics.find((name) => unknown.includes(name) || !(name in definitions || name in uniques));
    if (wrong !== undefined) return refuse(`unknown metric ${wrong}`);
    const name = filter.AND[0].values[0].value;
    const domain = record.domainsOf(apiKey).includes(name) ? name : '';
    const everything = {
      domain,
      begin: 0,
      end: Number.POSITIVE_INFINITY,
      ascending: true,
      limit: 1e9,
      behind: null,
    };
    const events = [
      ...record.page(everything).events.filter(({ id }) => !uncounted.includes(id)),
      ...onlyCounted.filter((event) => event.domain.name === domain),
    ]
      .map((event) => ({ at: event.timestamp * 1000 + lateMs, told: v.parse(told, event) }))
      .filter(({ told: { flags } }) => countsTests || flags['is-test-mode'] !== true)
      .sort((a, b) => a.at - b.at);
    const times = new Map(
      metrics.map((metric) => {
        const unique = uniques[metric];
        const counts = definitions[metric] ?? (() => false);
        const own =
          unique === undefined
            ? events.filter((one) => counts(one.told)).map(({ at }) => at)
            : firstTimes(unique, events);
        return [metric, own] as const;
      }),
    );
    const length = resolution === 'hour' ? 3_600_000 : 86_400_000;
    const starts: number[] = [];
    for (let at = Math.floor(start / length) * length; at <= end; at += length) starts.push(at);
    const items = starts.map((at) => ({
      dimensions: [
        {
          dimension: 'time',
          value: new Date(at).toUTCString().replace('GMT', '+0000'),
          display_value: new Date(at).toUTCString().replace('GMT', '+0000'),
        },
      ],
      metrics: Object.fromEntries(
        metrics.map((metric) => [
          metric,
          (times.get(metric) ?? []).filter((time) => time >= at && time < at + length).length,
        ]),
      ),
    }));
    const { skip, limit, sort } = pagination;
    return {
      status: 200,
      headers: record.headers,
      body: {
        start: new Date(start).toUTCString().replace('GMT', '+0000'),
        end: new Date(end).toUTCString().replace('GMT', '+0000'),
        resolution,
        dimensions: ['time'],
        items: items.slice(skip, skip + limit),
        pagination: { sort, skip, limit, total: items.length },
      },
    };
  };
}
