import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './refusal';

/** An API token of the space. */
export interface Token {
  token: string;
  /** A `READ` token reads only: GET and HEAD. */
  access: 'READ' | 'READWRITE';
}

/**
 * Checks the token that a request carries in `x-apikey`. A wrong token is refused for good: the app's auth
 * hooks are a last resort for requests without any.
 *
 * @returns whether the request carries a token, which is then a valid one.
 * @throws {Refusal} 403 for a wrong token or a read-only one that writes, 401 for a bearer token.
 */
export function carriesToken(
  headers: IncomingHttpHeaders,
  method: string,
  tokens: readonly Token[],
): boolean {
  const presented = headers['x-apikey'];
  if (typeof presented === 'string' && presented !== '') {
    const known = tokens.filter(({ token }) => equalInConstantTime(token, presented));
    if (known.length === 0) {
      throw new Refusal(403, 'forbidden', 'The API key in the header x-apikey is not one of this space.', {
        kind: 'wrong API key',
        isWrongKey: true,
      });
    }
    if (method !== 'GET' && method !== 'HEAD' && known.every(({ access }) => access === 'READ')) {
      throw new Refusal(403, 'forbidden', 'The API key in the header x-apikey is read-only.', {
        kind: 'read-only API key that writes',
      });
    }
    return true;
  }
  if (/^bearer /i.test(headers.authorization ?? '')) {
    throw new Refusal(401, 'unauthorized', 'Unable to verify the bearer token: this space has no JWKS.', {
      kind: 'bearer token',
    });
  }
  return false;
}

/** Compares two secrets so that the time it takes says nothing about where they differ. */
export function equalInConstantTime(expected: string, presented: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(presented);
  return a.length === b.length && timingSafeEqual(a, b);
}
