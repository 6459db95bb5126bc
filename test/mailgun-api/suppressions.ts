import type { MailgunRoutes } from './server';

export type SuppressionList = 'bounces' | 'unsubscribes' | 'complaints';

/** An entry as Mailgun lists it, such as `{address, code, error, created_at}` of a bounce. */
export interface Suppression {
  readonly address: string;
  readonly [field: string]: unknown;
}

/** What each domain has on each list, by reference: a test looks there for what is left. */
export type Suppressions = Record<string, Partial<Record<SuppressionList, Suppression[]>>>;

const path = /^\/v3\/([^/]+)\/(bounces|unsubscribes|complaints)(?:\/([^/]+))?$/;
const messages: Record<SuppressionList, string> = {
  bounces: 'Bounced address has been removed',
  unsubscribes: 'Unsubscribe event has been removed',
  complaints: 'Spam complaint has been removed',
};

function isList(name: string | undefined): name is SuppressionList {
  return name !== undefined && name in messages;
}

/** Mailgun's lists of addresses that it does not send to: in alphabetical pages, one by one, and away. */
export function suppressionRoutes(suppressions: Suppressions): MailgunRoutes {
  return ({ method, url }) => {
    const [, domain = '', list, encoded] = path.exec(url.pathname) ?? [];
    if (!isList(list)) return null;
    const ofDomain = suppressions[decodeURIComponent(domain)];
    if (ofDomain === undefined) return { status: 404, body: { message: 'Domain not found' } };
    const entries = [...(ofDomain[list] ?? [])].sort((a, b) => (a.address < b.address ? -1 : 1));
    if (encoded === undefined) {
      if (method !== 'GET') return null;
      const limit = Number(url.searchParams.get('limit') ?? 100);
      if (!(limit >= 1 && limit <= 1000))
        return { status: 400, body: { message: 'limit should be between 1 and 1000' } };
      const at = url.searchParams.get('address') ?? '';
      const items = entries.filter(({ address }) => address > at).slice(0, limit);
      const page = (address: string) =>
        `${url.origin}${url.pathname}?limit=${limit}&address=${encodeURIComponent(address)}`;
      const next = page(items.at(-1)?.address ?? at);
      return {
        status: 200,
        body: { items, paging: { first: page(''), next, previous: page(''), last: next } },
      };
    }
    const wanted = decodeURIComponent(encoded).toLowerCase();
    const entry = entries.find(({ address }) => address.toLowerCase() === wanted);
    if (entry === undefined) return { status: 404, body: { message: `Address not found in ${list} table` } };
    if (method === 'GET') return { status: 200, body: entry };
    if (method !== 'DELETE') return null;
    ofDomain[list] = entries.filter((other) => other !== entry);
    return { status: 200, body: { message: messages[list], address: entry.address } };
  };
}
