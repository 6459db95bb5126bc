import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RefusalCounts } from '../log/refusal-counts';
import { describeError } from '../runtime/log';
import type { Switches } from '../switches/switches';
import { networkOf } from './address';
import { admit } from './admit';
import { corsHeaders } from './cors';
import { type BodyStream, createRequest, withBody } from './create-request';
import type { InFlight } from './in-flight';
import { readBody } from './read-body';
import { Refusal } from './refusal';
import { refuse } from './refuse';
import type { Router } from './router';
import { type RouteSurroundings, runRoute } from './run-route';
import type { Token } from './token';
import type { WrongKeys } from './wrong-keys';

export interface RequestHandlerOptions extends RouteSurroundings {
  /** The path under which the space serves its routes, such as `/dev`. */
  readonly basePath: string;
  /** The router of each instance of the app; requests take turns. */
  readonly routers: readonly Router[];
  /** The tokens of the space as they are now. */
  readonly tokens: () => readonly Token[];
  readonly inFlight: InFlight;
  readonly wrongKeys: WrongKeys;
  readonly refusals: RefusalCounts;
}

/** All that the platform says to a key that is wrong, or missing, or read-only. */
const noAccess = new Refusal(401, 'unauthorized', 'This key is not one of this space.', {
  text: 'No access',
});

/**
 * Serves the routes of an app: token or auth hook, then middleware, then the functions of the route. What
 * the space answers by itself is JSON, `{error, detail}`, never a page and never a stack trace.
 */
export function createRequestHandler(
  options: RequestHandlerOptions,
): (raw: IncomingMessage, response: ServerResponse) => void {
  const { basePath, routers, tokens, limits, switches, inFlight, wrongKeys, refusals, log } = options;
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
    const { bytes, giveBack } = await readBody(raw, rawResponse, limits, switches, inFlight.arriving);
    const leave = await inFlight.enter(bytes.length, rawResponse).finally(giveBack);
    try {
      const stream: BodyStream = { isOpen: false };
      const request = createRequest(raw, call, bytes, switches, stream);
      const { route } = call;
      const functions = route.functions.map((own) => withBody(stream, own));
      runRoute({ ...call, route: { ...route, functions } }, request, rawResponse, options, leave);
    } catch (error) {
      leave();
      throw error;
    }
  };

  /** What somebody is refused with; an answer to a wrong key may take its time. */
  const refusalFor = async (error: unknown, raw: IncomingMessage): Promise<Refusal> => {
    if (!(error instanceof Refusal)) {
      log({ level: 'error', text: describeError(error) });
      return new Refusal(500, 'internal_error', 'The space failed; see its log.');
    }
    const address = networkOf(raw.socket);
    refusals.add(error.kind, address);
    const isOfKey = error.status === 401 || error.status === 403;
    const refusal = isOfKey && switches.refusedKey === 'noAccess' ? noAccess : error;
    return error.isWrongKey ? wrongKeys.holdBack(address, refusal) : refusal;
  };

  return (raw, rawResponse) => {
    rawResponse.on('error', () => rawResponse.destroy());
    serve(raw, rawResponse).catch(async (error: unknown) => {
      // Who has gone is not refused.
      if (error instanceof Refusal && raw.socket.destroyed) return;
      refuse(raw, rawResponse, await refusalFor(error, raw), corsHeaders(raw.headers, switches));
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
