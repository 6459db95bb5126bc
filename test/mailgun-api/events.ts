import { domainNotFound, type MailgunRecord, type RecordedEvent } from './event-store';
import type { MailgunAnswer, MailgunRoutes } from './server';

const path = /^\/v3\/([^/]+)\/events(?:\/([^/]+))?$/;

function refuse(message: string): MailgunAnswer {
  return { status: 400, body: { message } };
}

/** Epoch seconds or a date of RFC 2822. */
function timeOf(text: string | null): number | null {
  if (text === null) return null;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
}

/** The Events API leaves out what only webhooks add. */
function asEvent({ account: _, domain: __, ...fields }: RecordedEvent): object {
  return fields;
}

/**
 * `GET /v3/{domain}/events`: the record of a domain. Further pages have opaque URLs, and there is always a
 * next one: the end is a page without items.
 * @param pageSize most items of a page; Mailgun's own limit is 300
 * @param gone the status of an account that does not have this API any more
 */
export function eventRoutes(
  record: MailgunRecord,
  { pageSize = 300, gone }: { pageSize?: number; gone?: 404 | 410 } = {},
): MailgunRoutes {
  return ({ method, url, apiKey }) => {
    const [, domain = '', token] = path.exec(url.pathname) ?? [];
    if (method !== 'GET' || domain === '') return null;
    if (gone !== undefined) return { status: gone, body: { message: 'This API is no longer available' } };
    if (!record.domainsOf(apiKey).includes(domain)) return domainNotFound;
    const query = url.searchParams;
    const [begin, end] = [timeOf(query.get('begin')), timeOf(query.get('end'))];
    const ascending = query.get('ascending');
    const limit = Number(query.get('limit') ?? 100);
    const position =
      token === undefined
        ? {
            domain,
            begin: begin ?? 0,
            end: end ?? Number.POSITIVE_INFINITY,
            ascending: ascending === 'yes',
            limit: Math.min(limit, pageSize),
            behind: null,
          }
        : record.placeOf(token);
    if (position === null) return { status: 404, body: { message: 'Page not found' } };
    if (token === undefined) {
      if (!(limit >= 1 && limit <= 300)) return refuse('limit should be between 1 and 300');
      if (end === null && ascending === null) return refuse('end or ascending is required');
      if (begin !== null && end !== null && begin > end === (ascending === 'yes'))
        return refuse('begin, end and ascending do not agree');
    }
    const { events, next } = record.page(position);
    const page = (name: string) => `${url.origin}/v3/${domain}/events/${name}`;
    return {
      status: 200,
      headers: record.headers,
      body: {
        items: events.map(asEvent),
        paging: { next: page(next), previous: page('cHJldg'), first: page('Zmlyc3Q'), last: page('bGFzdA') },
      },
    };
  };
}
