import type { ApiRoute } from './server';

/** `/v5/accounts/http_signing_key`: read by GET, made anew by POST. */
export function signingKeyRoutes(account: { signingKey: string }): ApiRoute {
  return ({ method, path }) => {
    if (path !== '/v5/accounts/http_signing_key') return undefined;
    if (method === 'GET') return { status: 200, body: { http_signing_key: account.signingKey } };
    if (method !== 'POST') return undefined;
    account.signingKey = `key-${[...account.signingKey.slice(4)].reverse().join('')}`;
    return {
      status: 200,
      body: { message: 'HTTP signing key regenerated', http_signing_key: account.signingKey },
    };
  };
}
