import type { MailgunRoutes } from './server';

/**
 * `GET /v3/domains` and its successor `/v4/domains`: the domains of the account, in pages, or one of them.
 * @param names the domains, by reference: a test may add one
 */
export function domainRoutes(names: readonly string[]): MailgunRoutes {
  return ({ method, url: { pathname, searchParams: query } }) => {
    const [isOurs, one] = /^\/v[34]\/domains(?:\/([^/]+))?$/.exec(pathname) ?? [];
    if (method !== 'GET' || isOurs === undefined) return null;
    if (one !== undefined) {
      return names.includes(one)
        ? { status: 200, body: { domain: { name: one, state: 'active' } } }
        : { status: 404, body: { message: 'Domain not found' } };
    }
    const limit = Number(query.get('limit') ?? 100);
    const skip = Number(query.get('skip') ?? 0);
    if (!(limit >= 1 && limit <= 1000)) {
      return { status: 400, body: { message: 'limit should be between 1 and 1000' } };
    }
    const items = names.slice(skip, skip + limit).map((name, index) => ({
      id: `domain-${skip + index}`,
      name,
      state: 'active',
      type: 'custom',
      is_disabled: false,
      created_at: 'Tue, 24 Nov 2026 04:00:00 UTC',
      smtp_login: `postmaster@${name}`,
      spam_action: 'disabled',
      web_prefix: 'email',
      web_scheme: 'https',
      wildcard: false,
      require_tls: false,
      skip_verification: false,
    }));
    return { status: 200, body: { total_count: names.length, items } };
  };
}
