import * as v from 'valibot';

/** Domains of a page; Mailgun gives at most a thousand. */
const pageSize = 1000;
/** Most pages that are read. No account has so many domains: the list has no end. */
const maxPages = 100;

const listing = v.object({ items: v.nullable(v.array(v.object({ name: v.string() }))) });

/** The list of domains cannot be read to its end; the message is a sentence. */
export class EndlessDomains extends Error {}

/**
 * The names of all domains of an account, in lower case, page by page.
 * @param ask gets a path with its query, and answers with the JSON of a page
 * @throws EndlessDomains when pages repeat or have no end; ValiError when a page is none
 */
export async function readDomainNames(ask: (path: string) => Promise<unknown>): Promise<string[]> {
  const names = new Set<string>();
  let skip = 0;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const { items } = v.parse(listing, await ask(`/v4/domains?limit=${pageSize}&skip=${skip}`));
    // Only an empty page is the end: Mailgun may give fewer than asked for.
    if (!items?.length) return [...names];
    const known = names.size;
    for (const { name } of items) names.add(name.toLowerCase());
    if (names.size === known) break;
    skip += items.length;
  }
  throw new EndlessDomains(
    'Mailgun gives the list of domains without an end: name them in MAILGUN_DOMAINS, or look at MAILGUN_API_URL.',
  );
}
