import * as v from 'valibot';
import { domainFilter, rfc2822 } from './analytics';
import type { MailgunRecord, RecordedEvent } from './event-store';
import type { MailgunRoutes } from './server';

const question = v.object({
  start: rfc2822,
  end: rfc2822,
  filter: domainFilter,
  pagination: v.object({
    sort: v.picklist(['timestamp:asc', 'timestamp:desc']),
    limit: v.pipe(v.number(), v.minValue(1), v.maxValue(100)),
    token: v.optional(v.string()),
  }),
});

const storage = v.looseObject({ url: v.string() });

/** A row of the Logs API, and for a person's first open or click a row that says so, under the same id. */
function asRows(event: RecordedEvent): object[] {
  const { timestamp, 'user-variables': variables, ...fields } = event;
  const stored = v.safeParse(storage, fields.storage);
  const row = {
    ...fields,
    '@timestamp': new Date(timestamp * 1000).toISOString(),
    'user-variables': JSON.stringify(variables ?? {}),
    ...(stored.success ? { storage: { ...stored.output, url: [stored.output.url] } } : {}),
  };
  const isUnique = event.event === 'opened' || event.event === 'clicked';
  return isUnique ? [row, { ...row, event: `unique_${event.event}` }] : [row];
}

/** `POST /v1/analytics/logs`: the record of an account. A domain that it does not have is just empty. */
export function logRoutes(
  record: MailgunRecord,
  { pageSize = 100 }: { pageSize?: number } = {},
): MailgunRoutes {
  return ({ method, url, body, apiKey }) => {
    if (method !== 'POST' || url.pathname !== '/v1/analytics/logs') return null;
    const asked = v.safeParse(question, JSON.parse(body.toString()));
    if (!asked.success) return { status: 400, body: { message: asked.issues[0].message } };
    const { filter, pagination } = asked.output;
    const [begin, end] = [asked.output.start / 1000, asked.output.end / 1000];
    const { token, limit, sort } = pagination;
    const name = filter.AND[0].values[0].value;
    const domain = record.domainsOf(apiKey).includes(name) ? name : '';
    const ascending = sort === 'timestamp:asc';
    const position =
      token === undefined
        ? { domain, begin, end, ascending, limit: Math.min(limit, pageSize), behind: null }
        : record.placeOf(token);
    if (position === null) return { status: 400, body: { message: 'Invalid pagination token' } };
    const { events, next } = record.page(position);
    const items = events.flatMap(asRows);
    return {
      status: 200,
      headers: record.headers,
      body: {
        start: begin,
        end,
        items,
        pagination: {
          next: items.length === 0 ? '' : next,
          previous: '',
          first: '',
          last: '',
          total: items.length,
        },
        aggregates: {},
      },
    };
  };
}
