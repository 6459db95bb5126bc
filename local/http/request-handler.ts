import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeError } from '../runtime/log';
import type { Switches } from '../switches/switches';
import { admit } from './admit';
import { corsHeaders } from './cors';
import { type BodyStream, createRequest, withBody } from './create-request';
import { readBody } from './read-body';
import { Refusal } from './refusal';
import { refuse } from './refuse';
import type { Router } from './router';
import { type RouteSurroundings, runRoute } from './run-route';
import type { Token } from './token';

export interface RequestHandlerOptions extends RouteSurroundings {
  /** The path under which the space serves its routes, such as `/dev`. */
  readonly basePath: string;
  /** The router of each instance of the app; requests take turns. */
  readonly routers: readonly Router[];
  /** The tokens of the space as they are now. */
  readonly tokens: () => readonly Token[];
}

/** All that the platform says to a key that is wrong, or missing, or read-only. */
const noAccess = new Refusal(401, 'unauthorized', 'This key is not one of this space.', 'No access');

/**
 * Serves the routes of an app: token or auth hook, then middleware, then the functions of the route. What
 * the space answers by itself is JSON, `{error, detail}`, never a page and never a stack trace.
 */
export function createRequestHandler(
  options: RequestHandlerOptions,
): (raw: IncomingMessage, response: ServerResponse) => void {
  const { basePath, routers, tokens, limits, switches, log } = options;
  let turn = 0;

  const serve = async (raw: IncomingMessage, rawResponse: ServerResponse): Promise<void> => {
    if (raw.method === 'OPTIONS') {
      answerPreflight(raw, rawResponse, switches);
      return;
    }
    const router = routers[turn++ % routers.length];
    if (router === undefined) {
      throw new Refusal(503, 'unavailable', 'This space has no app.');
    }
    const call = admit(raw, router, basePath, tokens());
    if (call.apiPath === '/health' && switches.ownHealth === 'shadows') {
      rawResponse.writeHead(200, { 'Content-Type': 'text/plain', ...corsHeaders(raw.headers, switches) });
      rawResponse.end('Alive');
      return;
    }
    const bytes = await readBody(raw, limits, switches);
    const stream: BodyStream = { isOpen: false };
    const request = createRequest(raw, call, bytes, switches, stream);
    const { route } = call;
    const functions = route.functions.map((own) => withBody(stream, own));
    runRoute({ ...call, route: { ...route, functions } }, request, rawResponse, options);
  };

  return (raw, rawResponse) => {
    rawResponse.on('error', () => rawResponse.destroy());
    serve(raw, rawResponse).catch((error: unknown) => {
      const cors = corsHeaders(raw.headers, switches);
      if (error instanceof Refusal) {
        const isOfKey = error.status === 401 || error.status === 403;
        refuse(raw, rawResponse, isOfKey && switches.refusedKey === 'noAccess' ? noAccess : error, cors);
      } else {
        log({ level: 'error', text: describeError(error) });
        refuse(raw, rawResponse, new Refusal(500, 'internal_error', 'The space failed; see its log.'), cors);
      }
    });
  };
}

/** Pages of every origin may call the space with any header, as on the platform. */
function answerPreflight(raw: IncomingMessage, response: ServerResponse, switches: Switches): void {
  response.writeHead(204, {
    ...corsHeaders(raw.headers, switches),
    'Access-Control-Allow-Methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
    'Access-Control-Allow-Headers': raw.headers['access-control-request-headers'] ?? '*',
    Vary: 'Origin, Access-Control-Request-Headers',
    'Content-Length': '0',
  });
  response.end();
}
