import type { ServerResponse } from 'node:http';
import type { Activity } from '../runtime/activity';
import type { AppFunction } from '../runtime/app-function';
import { execAll } from '../runtime/exec-all';
import { currentInvocation, type Invocation } from '../runtime/invocation';
import { describeError, type Log } from '../runtime/log';
import type { Usage } from '../runtime/usage';
import type { Switches } from '../switches/switches';
import type { Call } from './admit';
import { corsHeaders } from './cors';
import type { Limits } from './limits';
import type { SpaceRequest } from './space-request';
import { SpaceResponse } from './space-response';

/** What a route runs in. */
export interface RouteSurroundings {
  /** Resolves when all that was stored is as durable as the owner wants. */
  readonly durable: () => Promise<void>;
  readonly limits: Limits;
  readonly switches: Switches;
  readonly activity: Activity;
  readonly log: Log;
  /** Takes what the app prints. */
  readonly appLog: Log;
  readonly usage: Usage;
}

/** The body of the platform's answer when a handler throws. */
const unhandledException = { text: 'Unhandled Codehook exception, check logs (2)', fatal: true };

/**
 * Runs the auth hook, the middleware and the functions of a route, until one of them answers or refuses.
 * @param onAnswered is called when the answer is complete, whether its reader takes it or not
 */
export function runRoute(
  { authHook, middleware, route }: Call,
  request: SpaceRequest,
  rawResponse: ServerResponse,
  { durable, limits, switches, activity, log, appLog, usage }: RouteSurroundings,
  onAnswered: () => void,
): void {
  const name = `${request.method} ${request.path}`;
  const context = authHook === null ? 'routehooks' : 'auth';
  const invocation: Invocation = { ended: false, isKilled: false, context, appLog };
  const started = performance.now();
  const answered = () => {
    invocation.ended = true;
    clearTimeout(timeLimit);
    usage.durationMs += performance.now() - started;
    onAnswered();
  };
  const response = new SpaceResponse(rawResponse, answered, durable, corsHeaders(request.headers, switches));
  rawResponse.once('close', () => {
    if (invocation.ended || switches.clientGone === 'goesOn') return;
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
        response.fail(switches.thrownErrorStatus, unhandledException);
      },
    });
    if (switches.afterResponse === 'runs') {
      activity.track(settled);
    }
  };
  const failed = (reason: unknown) =>
    response.fail(500, { error: 'handler_error', detail: describe(reason) });
  const runFunctions = () =>
    stage(route.functions, request, failed, () => {
      failed('The last function of the route called next() instead of answering.');
    });
  const runMiddleware = () =>
    middleware.length === 0 ? runFunctions() : stage(middleware, request, failed, runFunctions);
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
