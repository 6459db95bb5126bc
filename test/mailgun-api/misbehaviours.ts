import { gzipSync } from 'node:zlib';
import { type MailgunRoutes, tooManyRequests } from './server';

const domainsPath = /^\/v[34]\/domains$/;
const listPath = /^\/v3\/[^/]+\/(bounces|unsubscribes|complaints|whitelists)$/;
const eventsPath = /^\/v3\/([^/]+)\/events/;

const row = (index: number, timestamp: number) => ({
  event: 'delivered',
  id: `row-${index}`,
  timestamp,
  recipient: 'alice@example.com',
});

/** Wrong and hostile answers of Mailgun, or of a server that stands in its place, each by its name. */
export const misbehaviours = {
  /** `skip` is ignored: the first page again and again. */
  domainsAgain: ({ url }) =>
    domainsPath.test(url.pathname)
      ? {
          status: 200,
          body: { total_count: 2, items: [{ name: 'a.example.com' }, { name: 'b.example.com' }] },
        }
      : null,
  /** Every page has new domains, for ever. */
  domainsWithoutEnd: ({ url }) =>
    domainsPath.test(url.pathname)
      ? { status: 200, body: { items: [{ name: `d${url.searchParams.get('skip')}.example.com` }] } }
      : null,
  /** The page after each page is that page. */
  samePage: ({ url }) =>
    eventsPath.test(url.pathname)
      ? {
          status: 200,
          body: { items: [row(1, 1000)], paging: { next: `${url.origin}/v3/mg.example.com/events/same` } },
        }
      : null,
  /** Two pages that lead to each other. */
  circle: ({ url }) => {
    if (!eventsPath.test(url.pathname)) return null;
    const isSecond = url.pathname.endsWith('/second');
    const next = `${url.origin}/v3/mg.example.com/events/${isSecond ? 'first' : 'second'}`;
    return {
      status: 200,
      body: { items: [row(isSecond ? 2 : 1, isSecond ? 2000 : 1000)], paging: { next } },
    };
  },
  /** Three pages of a suppression list that lead to each other, each by a query of its own. */
  listCircle: ({ url }) => {
    if (!listPath.test(url.pathname)) return null;
    const page = Number(url.searchParams.get('page') ?? 0);
    const next = `${url.origin}${url.pathname}?page=${page + 1}`;
    const items = [{ address: `a${page % 3}@example.com` }];
    return { status: 200, body: { items, paging: { next } } };
  },
  /** The next page is another route. */
  ...Object.fromEntries(
    ['..', '%2e%2e', '%2E.', '%252e%252e', '..\\', '%5c..', '.%2e'].map((step) => [
      `nextPage ${step}`,
      ({ url }: Parameters<MailgunRoutes>[0]) =>
        eventsPath.test(url.pathname)
          ? {
              status: 200,
              body: {
                items: [row(1, 1000)],
                paging: {
                  next: `${url.origin}/v3/mg.example.com/events/${step}/${step}/other.example.com/bounces`,
                },
              },
            }
          : null,
    ]),
  ),
  /** A small answer that is large when it is unpacked. */
  zeros: () => ({
    status: 200,
    bytes: gzipSync(Buffer.alloc(64 * 1024 * 1024)),
    headers: { 'content-encoding': 'gzip' },
  }),
  /** An answer that is large as it is. */
  large: () => ({ status: 200, bytes: Buffer.alloc(32 * 1024 * 1024, ' ') }),
  /** A wait of thirty years. */
  longWait: () => tooManyRequests(1e9),
  /** Waits that are no times. */
  oddWait: () => tooManyRequests(-1),
} as const satisfies Record<string, MailgunRoutes>;

/** Sends every request on to another host. */
export function sentOn(to: string): MailgunRoutes {
  return ({ url }) => ({ status: 307, headers: { location: `${to}${url.pathname}${url.search}` } });
}
