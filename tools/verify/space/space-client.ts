import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { reasonOf } from '../../../src/mailgun-client/ask';
import { CannotRun } from '../../cannot-run';

/** An answer of the space. */
export interface SpaceAnswer {
  readonly status: number;
  /** The JSON object of the answer, empty for anything else. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly headers: Headers;
  /** From the request to the end of the answer. */
  readonly milliseconds: number;
}

/** A request to the space. */
export interface SpaceRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Without it there is no API key: Mailgun has none. */
  readonly authorised?: boolean;
  readonly body?: string | FormData | URLSearchParams;
  readonly contentType?: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** After so many milliseconds the client hangs up. */
  readonly hangUpAfterMs?: number;
}

const timeoutMs = 30_000;

/** A plan of Codehooks allows so many calls a minute: how often, and for how long, a refusal is waited out. */
const throttled = { times: 14, every: 5000 };

/** For a moment after a deployment an instance may answer that knows nothing of the space's keys yet. */
export const settling = { says: 'Authentication failed', afterMs: 3000 };

const object = v.record(v.string(), v.unknown());

/** Talks to one space. */
export class SpaceClient {
  /** Milliseconds of every webhook request that was answered. */
  readonly roundTrips: number[] = [];
  readonly #url: string;
  readonly #apiKey: string;

  constructor(url: string, apiKey: string) {
    this.#url = url;
    this.#apiKey = apiKey;
  }

  /** @throws CannotRun when the space cannot be reached */
  async ask(path: string, request: SpaceRequest = {}): Promise<SpaceAnswer> {
    for (let times = 0; ; times += 1) {
      const answer = await this.#sendSettled(path, request);
      if (answer.status !== 429 || times === throttled.times) return answer;
      await pause(throttled.every);
    }
  }

  /** Posts to the webhook as Mailgun does. */
  async deliver(body: NonNullable<SpaceRequest['body']>, contentType?: string): Promise<SpaceAnswer> {
    const answer = await this.ask('/mailgun/events', {
      method: 'POST',
      body,
      ...(contentType === undefined ? {} : { contentType }),
    });
    this.roundTrips.push(answer.milliseconds);
    return answer;
  }

  /** Sends a request, and once more after a while when the space has not settled after a deployment. */
  async #sendSettled(path: string, request: SpaceRequest): Promise<SpaceAnswer> {
    const answer = await this.#send(path, request);
    if (answer.body.error !== settling.says) return answer;
    await pause(settling.afterMs);
    return this.#send(path, request);
  }

  async #send(
    path: string,
    { method, authorised, body, contentType, headers, hangUpAfterMs }: SpaceRequest,
  ): Promise<SpaceAnswer> {
    const began = performance.now();
    try {
      const response = await fetch(this.#url + path, {
        method: method ?? 'GET',
        headers: {
          ...(authorised ? { 'x-apikey': this.#apiKey } : {}),
          ...(contentType === undefined ? {} : { 'content-type': contentType }),
          ...headers,
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(hangUpAfterMs ?? timeoutMs),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      const milliseconds = performance.now() - began;
      return {
        status: response.status,
        body: readObject(text),
        text,
        headers: response.headers,
        milliseconds,
      };
    } catch (error) {
      throw new CannotRun(
        `The space ${this.#url} cannot be reached (${reasonOf(error)}): start it with "npm start", or look at --url.`,
      );
    }
  }
}

function readObject(text: string): Record<string, unknown> {
  try {
    const parsed = v.safeParse(object, JSON.parse(text));
    return parsed.success ? parsed.output : {};
  } catch {
    return {};
  }
}
