import { heapShareBytes } from '../runtime/heap-share';

/** What one request, one sender and all of them may take. */
export interface Limits {
  /** Size of a body in bytes. */
  maxBodyBytes: number;
  /** Slower than so many bytes a second neither a body may come nor an answer be read. */
  leastBytesPerSecond: number;
  /** How long a body or the reader of an answer may be slower; a fifth of it while others wait for room. */
  graceMs: number;
  /** Time until the headers are complete. */
  headersMs: number;
  /** Time until the whole request is received. */
  requestMs: number;
  /** Time a handler has to begin its answer, and longest silence within one. */
  handlerMs: number;
  /** Requests whose bodies are there that may wait for their answers at once. */
  maxOpenRequests: number;
  /** Bytes of bodies that wait for their answers, and once more as many of large bodies that are on their way. */
  bytesInFlight: number;
  /** How long a body waits for room in that. */
  roomMs: number;
  /** Bytes of answers that wait for their readers. */
  unreadBytes: number;
  /** Connections on which nothing is being worked on; the oldest is closed for a new one. */
  maxIdleConnections: number;
  /** How many of these one address may have. */
  maxIdleConnectionsPerAddress: number;
  /** How long the answer to a wrong key is held back at most. */
  wrongKeyDelayMs: number;
  /** Requests in a minute, as the plan of a space allows; Infinity for no limit. */
  callsPerMinute: number;
}

/** What the plan that costs nothing allows in a minute. */
export const freeCallsPerMinute = 60;

const mebibyte = 1024 * 1024;

/** No source says what the cloud allows beside the calls of a plan; these are what a webhook with attachments needs, and no more. */
export const defaultLimits: Readonly<Limits> = {
  maxBodyBytes: mebibyte,
  leastBytesPerSecond: 16 * 1024,
  graceMs: 10_000,
  headersMs: 10_000,
  requestMs: 60_000,
  handlerMs: 60_000,
  maxOpenRequests: 2000,
  bytesInFlight: Math.min(16 * mebibyte, heapShareBytes),
  roomMs: 30_000,
  unreadBytes: 64 * mebibyte,
  maxIdleConnections: 4096,
  maxIdleConnectionsPerAddress: 1024,
  wrongKeyDelayMs: 1000,
  callsPerMinute: Infinity,
};
