import type { MailgunRoutes } from './server';

/** `/v5/accounts/http_signing_key`: read by GET, made anew by POST. */
export function signingKeyRoutes(account: { signingKey: string }): MailgunRoutes {
  return ({ method, url }) => {
    if (url.pathname !== '/v5/accounts/http_signing_key') return null;
    if (method === 'GET') return { status: 200, body: { http_signing_key: account.signingKey } };
    if (method !== 'POST') return null;
    account.signingKey = `key-${[...account.signingKey.slice(4)].reverse().join('')}`;
    return {
      status: 200,
      body: { message: 'HTTP signing key regenerated', http_signing_key: account.signingKey },
    };
  };
}
