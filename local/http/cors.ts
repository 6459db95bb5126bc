import type { IncomingHttpHeaders } from 'node:http';
import type { Switches } from '../switches/switches';

/** The headers that let pages of other origins read an answer. */
export type CorsHeaders = Readonly<Record<string, string>>;

/**
 * The platform echoes the origin and allows credentials, so that a cookie of a visitor would come along from any page:
 * nobody may be known by a cookie. An answer to a request without an origin says nothing, but that it may differ.
 */
export function corsHeaders({ origin }: IncomingHttpHeaders, switches: Pick<Switches, 'cors'>): CorsHeaders {
  if (switches.cors === 'anyOrigin') return { 'Access-Control-Allow-Origin': '*' };
  if (origin === undefined) return { Vary: 'Origin' };
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  };
}
