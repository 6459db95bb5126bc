import type { MailgunRoutes } from './server';

/** A threshold that is set at Mailgun, as `GET /v1/thresholds/hits` tells it. */
export interface Hit {
  readonly id: string;
  readonly name: string;
  readonly triggered: boolean;
  readonly metric: string;
  readonly comparator: string;
  readonly limit: string;
  readonly latest_value: string;
  readonly dimension: string;
  readonly dimension_value: string;
}

/** `GET /v1/thresholds/hits`. @param hits by reference: a test may change them */
export function thresholdRoutes(hits: readonly Hit[]): MailgunRoutes {
  return ({ method, url: { pathname } }) =>
    method === 'GET' && pathname === '/v1/thresholds/hits'
      ? { status: 200, body: { items: hits, total: hits.length } }
      : null;
}
