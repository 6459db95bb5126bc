import type { MailgunRoutes } from './server';

export type SuppressionList = 'bounces' | 'unsubscribes' | 'complaints' | 'whitelists';

/** An entry as Mailgun lists it, such as `{address, code, error, created_at}` of a bounce; of the allowlist by `value`. */
export interface Suppression {
  readonly address?: string;
  readonly value?: string;
  readonly [field: string]: unknown;
}

/** What each domain has on each list, by reference: a test looks there for what is left. */
export type Suppressions = Record<string, Partial<Record<SuppressionList, Suppression[]>>>;

const path = /^\/v3\/([^/]+)\/(bounces|unsubscribes|complaints|whitelists)(?:\/([^/]+))?$/;
const messages: Record<SuppressionList, string> = {
  bounces: 'Bounced address has been removed',
  unsubscribes: 'Unsubscribe event has been removed',
  complaints: 'Spam complaint has been removed',
  whitelists: 'Allowlist address/domain has been removed',
};

function isList(name: string | undefined): name is SuppressionList {
  return name !== undefined && name in messages;
}

const nameOf = ({ address, value }: Suppression) => String(address ?? value);

function isEntry(value: unknown): value is Suppression {
  return typeof value === 'object' && value !== null && ('address' in value || 'value' in value);
}

function tagsOf({ tags }: Suppression): string[] {
  return Array.isArray(tags) ? tags.map(String) : ['*'];
}

/** A new entry; of an unsubscribe with the tags that the old one had. */
function merged(entry: Suppression, former: Suppression | undefined, list: SuppressionList): Suppression {
  const dated = { created_at: new Date().toUTCString().replace('GMT', 'UTC'), ...entry };
  if (list !== 'unsubscribes') return dated;
  return { ...dated, tags: [...new Set([...(former ? tagsOf(former) : []), ...tagsOf(entry)])] };
}

/**
 * Mailgun's lists of addresses that it does not send to: in alphabetical pages, one by one, added and away.
 * @param options how many entries a page has at most, and the change that pages show late: eventual consistency
 */
export function suppressionRoutes(
  suppressions: Suppressions,
  { maxPage = 1000, late = () => false }: { maxPage?: number; late?: (address: string) => boolean } = {},
): MailgunRoutes {
  return ({ method, url, body }) => {
    const [, domain = '', list, encoded] = path.exec(url.pathname) ?? [];
    if (!isList(list)) return null;
    const ofDomain = suppressions[decodeURIComponent(domain)];
    if (ofDomain === undefined) return { status: 404, body: { message: 'Domain not found' } };
    const entries = [...(ofDomain[list] ?? [])].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    if (encoded === undefined) {
      if (method === 'POST') {
        const given: unknown = JSON.parse(body.toString());
        for (const entry of Array.isArray(given) ? given.filter(isEntry) : []) {
          const former = ofDomain[list]?.find((other) => nameOf(other) === nameOf(entry));
          const others = (ofDomain[list] ?? []).filter((other) => other !== former);
          ofDomain[list] = [...others, merged(entry, former, list)];
        }
        return { status: 200, body: { message: 'Addresses have been added' } };
      }
      if (method !== 'GET') return null;
      const limit = Number(url.searchParams.get('limit') ?? 100);
      if (!(limit >= 1 && limit <= 1000))
        return { status: 400, body: { message: 'limit should be between 1 and 1000' } };
      const at = url.searchParams.get('address') ?? '';
      const items = entries
        .filter((entry) => nameOf(entry) > at && !late(nameOf(entry)))
        .slice(0, Math.min(limit, maxPage));
      const page = (address: string) =>
        `${url.origin}${url.pathname}?limit=${limit}&address=${encodeURIComponent(address)}`;
      const last = items.at(-1);
      const next = page(last === undefined ? at : nameOf(last));
      return {
        status: 200,
        body: { items, paging: { first: page(''), next, previous: page(''), last: next } },
      };
    }
    const wanted = decodeURIComponent(encoded).toLowerCase();
    const entry = entries.find((one) => nameOf(one).toLowerCase() === wanted);
    if (entry === undefined) return { status: 404, body: { message: `Address not found in ${list} table` } };
    if (method === 'GET') return { status: 200, body: entry };
    if (method !== 'DELETE') return null;
    const tag = url.searchParams.get('tag');
    const rest = tag === null ? [] : tagsOf(entry).filter((own) => own !== tag);
    const others = entries.filter((other) => other !== entry);
    ofDomain[list] = rest.length === 0 ? others : [...others, { ...entry, tags: rest }];
    return { status: 200, body: { message: messages[list], address: nameOf(entry) } };
  };
}
