import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import qs from 'qs';
import type { AppFunction } from '../runtime/app-function';
import type { Switches } from '../switches/switches';
import { addressOf } from './address';
import type { Call } from './admit';
import { parseBody } from './parse-body';
import type { SpaceRequest } from './space-request';

/** The request as the app's functions see it, with the headers that the platform's gateway adds. */
export function createRequest(
  raw: IncomingMessage,
  call: Call,
  bytes: Buffer,
  switches: Switches,
  stream: BodyStream,
): SpaceRequest {
  const { headers } = raw;
  const host = headers.host ?? '';
  const hostname = host.replace(/:\d+$/, '');
  const ip = addressOf(raw.socket);
  // The platform's gateway adds these to every request; a tunnel in front of this space may have done so too.
  headers['x-real-ip'] = ip;
  headers['x-forwarded-for'] ??= ip;
  headers['x-forwarded-host'] ??= host;
  headers['x-forwarded-proto'] ??= 'http';
  headers['x-scheme'] ??= 'http';
  headers['x-request-id'] ??= randomUUID();
  return {
    method: raw.method ?? 'GET',
    headers,
    hostname,
    ip,
    originalUrl: call.target,
    url: call.target,
    path: call.path,
    apiPath: call.apiPath,
    query: call.queryString === '' ? {} : qs.parse(call.queryString),
    params: call.route.params,
    ...parseBody(bytes, headers['content-type'], switches.formRawBody),
    pipe(target) {
      target.end(stream.isOpen || switches.bodyStream === 'kept' ? bytes : Buffer.alloc(0));
      return target;
    },
  };
}

/** Whether the platform still hands over the body: a handler has its first turn for it. */
export interface BodyStream {
  isOpen: boolean;
}

/** A function of a route that finds the body as long as it has not waited for anything. */
export function withBody(stream: BodyStream, own: AppFunction): AppFunction {
  return (...args) => {
    stream.isOpen = true;
    try {
      return own(...args);
    } finally {
      stream.isOpen = false;
    }
  };
}
