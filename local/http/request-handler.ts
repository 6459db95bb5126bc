import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import qs from 'qs';
import type { Activity } from '../runtime/activity';
import type { AppFunction } from '../runtime/app-function';
import { execAll } from '../runtime/exec-all';
import { currentInvocation, type Invocation } from '../runtime/invocation';
import { describeError, type Log } from '../runtime/log';
import type { Usage } from '../runtime/usage';
import type { Quirks } from '../switches/quirks';
import { corsHeaders } from './cors';
import type { Limits } from './limits';
import { parseBody } from './parse-body';
import { readBody } from './read-body';
import { Refusal } from './refusal';
import { refuse } from './refuse';
import type { MatchedRoute, Router } from './router';
import type { SpaceRequest } from './space-request';
import { SpaceResponse } from './space-response';
import { carriesToken, type Token } from './token';

export interface RequestHandlerOptions {
  /** The path under which the space serves its routes, such as `/dev`. */
  basePath: string;
  /** The router of each instance of the app; requests take turns. */
  routers: readonly Router[];
  /** The tokens of the space as they are now. */
  tokens: () => readonly Token[];
  /** Resolves when all that was stored is as durable as the owner wants. */
  durable: () => Promise<void>;
  limits: Limits;
  quirks: Quirks;
  activity: Activity;
  log: Log;
  /** Takes what the app prints. */
  appLog: Log;
  usage: Usage;
}

/** What is known of an admitted request before its body is read. */
interface Call {
  target: string;
  path: string;
  apiPath: string;
  queryString: string;
  /** The auth hook that has to admit the caller; null for a caller with a token. */
  authHook: readonly AppFunction[] | null;
  route: MatchedRoute;
  middleware: AppFunction[];
}

/** The body of the platform's answer when a handler throws. */
const unhandledException = { text: 'Unhandled Codehook exception, check logs (2)', fatal: true };

/** All that the platform says to a key that is wrong, or missing, or read-only. */
const noAccess = new Refusal(401, 'unauthorized', 'The key is none of this space.', 'No access');

/**
 * Serves the routes of an app: token or auth hook, then middleware, then the functions of the route. What
 * the space answers by itself is JSON, `{error, detail}`, never a page and never a stack trace.
 */
export function createRequestHandler(
  options: RequestHandlerOptions,
): (raw: IncomingMessage, response: ServerResponse) => void {
  const { routers, limits, quirks, log } = options;
  let turn = 0;

  const serve = async (raw: IncomingMessage, rawResponse: ServerResponse): Promise<void> => {
    if (raw.method === 'OPTIONS') {
      answerPreflight(raw, rawResponse, quirks);
      return;
    }
    const router = routers[turn++ % routers.length];
    if (router === undefined) {
      throw new Refusal(503, 'unavailable', 'This space has no app.');
    }
    const call = admit(raw, router, options);
    if (call.apiPath === '/health' && quirks.ownHealth === 'shadows') {
      rawResponse.writeHead(200, { 'Content-Type': 'text/plain', ...corsHeaders(raw.headers, quirks) });
      rawResponse.end('Alive');
      return;
    }
    const bytes = await readBody(raw, limits, quirks);
    const stream: BodyStream = { isOpen: false };
    const request = createRequest(raw, call, bytes, quirks, stream);
    const { route } = call;
    const functions = route.functions.map((own) => withBody(stream, own));
    run({ ...call, route: { ...route, functions } }, request, rawResponse, options);
  };

  return (raw, rawResponse) => {
    rawResponse.on('error', () => rawResponse.destroy());
    serve(raw, rawResponse).catch((error: unknown) => {
      const cors = corsHeaders(raw.headers, quirks);
      if (error instanceof Refusal) {
        const isOfKey = error.status === 401 || error.status === 403;
        refuse(raw, rawResponse, isOfKey && quirks.refusedKey === 'noAccess' ? noAccess : error, cors);
      } else {
        log({ level: 'error', text: describeError(error) });
        refuse(raw, rawResponse, new Refusal(500, 'internal_error', 'The space failed; see its log.'), cors);
      }
    });
  };
}

/** Decides who may call what, before anything of the body is read. */
function admit(raw: IncomingMessage, router: Router, { basePath, tokens }: RequestHandlerOptions): Call {
  const method = raw.method ?? 'GET';
  const target = raw.url ?? '/';
  const queryAt = target.indexOf('?');
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  if (path !== basePath && !path.startsWith(`${basePath}/`)) {
    throw new Refusal(404, 'not_found', `This space serves its routes under ${basePath}/.`);
  }
  const apiPath = path.slice(basePath.length) || '/';
  const hasToken = carriesToken(raw.headers, method, tokens());
  const authHook = hasToken ? null : router.authHook(apiPath);
  if (!hasToken && authHook === null) {
    throw new Refusal(401, 'unauthorized', 'Send an API key of this space in the header x-apikey.');
  }
  const route = router.route(method, apiPath);
  if (route === null) {
    throw new Refusal(404, 'not_found', `No route of the app matches ${method} ${apiPath}.`);
  }
  return {
    target,
    path,
    apiPath,
    queryString: queryAt === -1 ? '' : target.slice(queryAt + 1),
    authHook,
    route,
    middleware: router.middleware(apiPath),
  };
}

function createRequest(
  raw: IncomingMessage,
  call: Call,
  bytes: Buffer,
  quirks: Quirks,
  stream: BodyStream,
): SpaceRequest {
  const { headers } = raw;
  const host = headers.host ?? '';
  const hostname = host.replace(/:\d+$/, '');
  const ip = (raw.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
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
    ...parseBody(bytes, headers['content-type'], quirks.formRawBody),
    pipe(target) {
      target.end(stream.isOpen || quirks.bodyStream === 'kept' ? bytes : Buffer.alloc(0));
      return target;
    },
  };
}

/** Whether the platform still hands over the body: a handler has its first turn for it. */
interface BodyStream {
  isOpen: boolean;
}

/** A function of a route that finds the body as long as it has not waited for anything. */
function withBody(stream: BodyStream, own: AppFunction): AppFunction {
  return (...args) => {
    stream.isOpen = true;
    try {
      return own(...args);
    } finally {
      stream.isOpen = false;
    }
  };
}

function run(
  { authHook, middleware, route }: Call,
  request: SpaceRequest,
  rawResponse: ServerResponse,
  { durable, limits, quirks, activity, log, appLog, usage }: RequestHandlerOptions,
): void {
  const name = `${request.method} ${request.path}`;
  const context = authHook === null ? 'routehooks' : 'auth';
  const invocation: Invocation = { ended: false, isKilled: false, context, appLog };
  const started = performance.now();
  const answered = () => {
    invocation.ended = true;
    clearTimeout(timeLimit);
    usage.durationMs += performance.now() - started;
  };
  const response = new SpaceResponse(rawResponse, answered, durable, corsHeaders(request.headers, quirks));
  rawResponse.once('close', () => {
    if (invocation.ended || quirks.clientGone === 'goesOn') return;
    invocation.isKilled = true;
    answered();
  });
  usage.requests += 1;
  const { socket } = rawResponse;
  let written = socket?.bytesWritten ?? 0;
  const timeLimit = setTimeout(() => {
    const isMoving = rawResponse.headersSent && socket !== null && socket.bytesWritten > written;
    if (isMoving) {
      written = socket.bytesWritten;
      timeLimit.refresh();
      return;
    }
    log({
      level: 'warn',
      context: invocation.context,
      text: `${name}: no answer after ${limits.handlerMs} ms.`,
    });
    response.fail(504, { error: 'timeout', detail: 'The handler did not answer in time.' });
  }, limits.handlerMs);

  /** Runs one stage of the request and then the next, unless the stage refuses or answers. */
  const stage = (
    functions: readonly AppFunction[],
    stageRequest: SpaceRequest,
    onRefused: (reason: unknown) => void,
    onPassed: () => void,
  ): void => {
    let left = false;
    const settled = execAll(functions, stageRequest, response, {
      next: (reason) => {
        if (left || response.ended) {
          return;
        }
        left = true;
        (reason ? () => onRefused(reason) : onPassed)();
      },
      thrown: (error) => {
        log({ level: 'error', context: invocation.context, text: `${name}: ${describeError(error)}` });
        // The runtime template answers without a status of its own.
        response.fail(quirks.thrownErrorStatus, unhandledException);
      },
    });
    if (quirks.afterResponse === 'runs') {
      activity.track(settled);
    }
  };
  const failed = (reason: unknown) =>
    response.fail(500, { error: 'handler_error', detail: describe(reason) });
  const runRoute = () =>
    stage(route.functions, request, failed, () => {
      failed('The last function of the route called next() instead of answering.');
    });
  const runMiddleware = () =>
    middleware.length === 0 ? runRoute() : stage(middleware, request, failed, runRoute);
  const start = () => {
    if (authHook === null) {
      runMiddleware();
      return;
    }
    // What an auth hook writes on the headers is reported not to reach the handler: it gets a copy.
    const hookRequest = { ...request, headers: { ...request.headers } };
    const forbidden = (reason: unknown) =>
      response.fail(403, { error: 'forbidden', detail: describe(reason) });
    const admitted = () => {
      invocation.context = 'routehooks';
      runMiddleware();
    };
    stage(authHook, hookRequest, forbidden, admitted);
  };
  currentInvocation.run(invocation, start);
}

/** The value of `next(value)` as a sentence, without a stack. */
function describe(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** Pages of every origin may call the space with any header, as on the platform. */
function answerPreflight(raw: IncomingMessage, response: ServerResponse, quirks: Quirks): void {
  response.writeHead(204, {
    ...corsHeaders(raw.headers, quirks),
    'Access-Control-Allow-Methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
    'Access-Control-Allow-Headers': raw.headers['access-control-request-headers'] ?? '*',
    Vary: 'Origin, Access-Control-Request-Headers',
    'Content-Length': '0',
  });
  response.end();
}
