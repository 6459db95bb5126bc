import type { IncomingMessage } from 'node:http';
import type { AppFunction } from '../runtime/app-function';
import { Refusal } from './refusal';
import type { MatchedRoute, Router } from './router';
import { carriesToken, type Token } from './token';

/** What is known of an admitted request before its body is read. */
export interface Call {
  target: string;
  path: string;
  apiPath: string;
  queryString: string;
  /** The auth hook that has to admit the caller; null for a caller with a token. */
  authHook: readonly AppFunction[] | null;
  route: MatchedRoute;
  middleware: AppFunction[];
}

/**
 * Decides who may call what, before anything of the body is read.
 * @param basePath the path under which the space serves its routes, such as `/dev`
 * @throws {Refusal} 401 or 403 without a token or with a wrong one, 404 for a path without a route
 */
export function admit(
  raw: IncomingMessage,
  router: Router,
  basePath: string,
  tokens: readonly Token[],
): Call {
  const method = raw.method ?? 'GET';
  const target = raw.url ?? '/';
  const queryAt = target.indexOf('?');
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  if (path !== basePath && !path.startsWith(`${basePath}/`)) {
    throw new Refusal(404, 'not_found', `This space serves its routes under ${basePath}/.`);
  }
  const apiPath = path.slice(basePath.length) || '/';
  const hasToken = carriesToken(raw.headers, method, tokens);
  const authHook = hasToken ? null : router.authHook(apiPath);
  if (!hasToken && authHook === null) {
    throw new Refusal(401, 'unauthorized', 'Send an API key of this space in the header x-apikey.', {
      kind: 'no API key',
    });
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
