import type { MailgunRequest, MailgunRoutes } from './server';

const header = 'x-mailgun-on-behalf-of';

/** The name of a subaccount's record, for the primary account's key that asks for it. */
export const onBehalfOf = (apiKey: string, subaccount: string) => `${apiKey} for ${subaccount}`;

/** A request as the account sees it that it is about: what is asked on behalf of a subaccount is the subaccount's. */
function asSubaccount(request: MailgunRequest): MailgunRequest {
  const subaccount = request.headers[header];
  return typeof subaccount === 'string'
    ? { ...request, apiKey: onBehalfOf(request.apiKey, subaccount) }
    : request;
}

/** Other parts of Mailgun, where subaccounts can be asked for. */
export function withSubaccounts(routes: MailgunRoutes): MailgunRoutes {
  return (request) => routes(asSubaccount(request));
}

/** `GET /v5/accounts/subaccounts`: the subaccounts of an account, by its key; 403 for one that may not have any. */
export function subaccountRoutes(ids: Readonly<Record<string, readonly string[]>>): MailgunRoutes {
  return ({ method, url, apiKey }) => {
    if (method !== 'GET' || url.pathname !== '/v5/accounts/subaccounts') return null;
    const own = ids[apiKey];
    if (own === undefined) return { status: 403, body: { message: 'Forbidden' } };
    const skip = Number(url.searchParams.get('skip') ?? 0);
    const subaccounts = own.slice(skip, skip + Number(url.searchParams.get('limit') ?? 10));
    return {
      status: 200,
      body: {
        total: own.length,
        subaccounts: subaccounts.map((id) => ({
          id,
          name: id,
          status: id.startsWith('closed') ? 'closed' : 'open',
        })),
      },
    };
  };
}
