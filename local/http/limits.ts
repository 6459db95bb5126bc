/** What one request may take. Times are in milliseconds. */
export interface Limits {
  /** Size of a body in bytes. */
  bodyBytes: number;
  /** Longest silence of a sender within a body. */
  bodyIdle: number;
  /** Time until the headers are complete. */
  headers: number;
  /** Time until the whole request is received. */
  request: number;
  /** Time a handler has to begin its answer, and longest silence within one. */
  handler: number;
  /** Requests that may wait for their answers at once. */
  openRequests: number;
}

/** No source says what the cloud allows; these are what a webhook with attachments needs, and no more. */
export const defaultLimits: Readonly<Limits> = {
  bodyBytes: 1024 * 1024,
  bodyIdle: 10_000,
  headers: 10_000,
  request: 60_000,
  handler: 60_000,
  openRequests: 2000,
};
