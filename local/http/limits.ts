/** What one request may take. */
export interface Limits {
  /** Size of a body in bytes. */
  maxBodyBytes: number;
  /** Longest silence of a sender within a body. */
  bodyIdleMs: number;
  /** Time until the headers are complete. */
  headersMs: number;
  /** Time until the whole request is received. */
  requestMs: number;
  /** Time a handler has to begin its answer, and longest silence within one. */
  handlerMs: number;
  /** Requests that may wait for their answers at once. */
  maxOpenRequests: number;
  /** Requests in a minute, as the plan of a space allows; Infinity for no limit. */
  callsPerMinute: number;
}

/** What the plan that costs nothing allows in a minute. */
export const freeCallsPerMinute = 60;

/** No source says what the cloud allows beside the calls of a plan; these are what a webhook with attachments needs, and no more. */
export const defaultLimits: Readonly<Limits> = {
  maxBodyBytes: 1024 * 1024,
  bodyIdleMs: 10_000,
  headersMs: 10_000,
  requestMs: 60_000,
  handlerMs: 60_000,
  maxOpenRequests: 2000,
  callsPerMinute: Infinity,
};
