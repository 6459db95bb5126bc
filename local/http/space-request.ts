import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';
import type { ParsedBody } from './parse-body';

/** What `req.pipe` writes to. */
export interface WritableTarget {
  end(bytes: Buffer): unknown;
}

/** The request object that the app's functions receive. */
export interface SpaceRequest extends ParsedBody {
  method: string;
  headers: IncomingHttpHeaders;
  hostname: string;
  /** The address of the client. */
  ip: string;
  /** Path and query with the space: `/dev/events?limit=5`. */
  originalUrl: string;
  url: string;
  /** The path with the space: `/dev/events`. */
  path: string;
  /** The path after the space: `/events`. */
  apiPath: string;
  query: QueryParameters;
  params: Record<string, string>;
  /** Writes the exact bytes of the body to a stream, ends it, and returns it. */
  pipe<T extends WritableTarget>(target: T): T;
}

/** Query parameters; nested keys and lists as in `a[b]=1&c[]=2`. */
export type QueryParameters = ParsedUrlQuery | Record<string, unknown>;
