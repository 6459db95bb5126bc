import type { IncomingHttpHeaders } from 'node:http';
import type { Quirks } from '../switches/quirks';

/** The headers that let pages of other origins read an answer. */
export type CorsHeaders = Readonly<Record<string, string>>;

/**
 * The platform echoes the origin and allows credentials, so that a cookie of a visitor would come along from any page:
 * nobody may be known by a cookie.
 */
export function corsHeaders({ origin }: IncomingHttpHeaders, quirks: Pick<Quirks, 'cors'>): CorsHeaders {
  if (quirks.cors === 'anyOrigin' || origin === undefined) return { 'Access-Control-Allow-Origin': '*' };
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  };
}
