import type { Quirks } from '../switches/quirks';
import type { Activity } from './activity';
import type { AppFunction } from './app-function';
import { execAll } from './exec-all';
import { currentInvocation, type Invocation } from './invocation';
import { describeError, type Log, type LogContext } from './log';
import type { Usage } from './usage';

export interface JobRun {
  /** What the log calls the job. */
  name: string;
  context: LogContext;
  functions: readonly AppFunction[];
  request: object;
  jobId: string;
  quirks: Pick<Quirks, 'afterResponse' | 'lateJob'>;
  /** Tells when the job has taken too long. */
  tooLate?: AbortSignal;
  activity: Activity;
  log: Log;
  /** Takes what the app prints. */
  appLog: Log;
  usage: Usage;
}

/**
 * Runs the functions of a worker or of a scheduled job. The job is done when they end their response, or
 * when they have all returned without doing so.
 *
 * @returns a promise that rejects when a function throws, leaves with `next(error)`, or ends the response
 *   with a status of 500 and above.
 */
export function runJob(run: JobRun): Promise<void> {
  const { name, context, functions, request, jobId, quirks, activity, log, appLog, usage, tooLate } = run;
  const invocation: Invocation = { ended: false, isKilled: false, context, appLog };
  if (quirks.lateJob === 'killed')
    tooLate?.addEventListener('abort', () => {
      invocation.isKilled = true;
    });
  const started = performance.now();
  usage.jobs += 1;
  return new Promise((resolve, reject) => {
    const settle = (failure?: unknown) => {
      if (!invocation.ended) {
        invocation.ended = true;
        usage.durationMs += performance.now() - started;
        failure === undefined ? resolve() : reject(failure);
      }
    };
    const start = async () => {
      await execAll(functions, request, createJobResponse(jobId, settle), {
        next: settle,
        thrown: (error) => {
          if (invocation.ended) {
            log({ level: 'error', context, text: `${name}, after it had ended: ${describeError(error)}` });
          }
          settle(error ?? new Error('The job threw nothing.'));
        },
      });
      settle();
    };
    const running = currentInvocation.run(invocation, start);
    if (quirks.afterResponse === 'runs') {
      activity.track(running);
    }
  });
}

/** The response of a job: nobody reads it, but it tells when the job is over, and whether it failed. */
interface JobResponse {
  jobId: string;
  status(code: number): this;
  set(): this;
  setHeader(): this;
  headers(): this;
  removeHeader(): this;
  write(): this;
  json(): this;
  send(): this;
  end(): this;
}

/** Its methods work without `this`, as jobs are often written `async (_, { jobId, end }) => ...`. */
function createJobResponse(jobId: string, settle: (failure?: unknown) => void): JobResponse {
  let status = 200;
  const unread = () => response;
  const end = () => {
    settle(status >= 500 ? new Error(`The job ended with status ${status}.`) : undefined);
    return response;
  };
  const response: JobResponse = {
    jobId,
    status: (code) => {
      status = code;
      return response;
    },
    set: unread,
    setHeader: unread,
    headers: unread,
    removeHeader: unread,
    write: unread,
    json: end,
    send: end,
    end,
  };
  return response;
}
