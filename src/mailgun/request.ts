import * as v from 'valibot';
import { reasonOf } from '../log';
import type { Account } from './account';

/** How long Mailgun may take to answer. */
const timeoutMs = 15_000;
/** How long to wait when Mailgun limits the rate without saying for how long. */
const rateLimitSeconds = 60;
/** How long to wait when Mailgun has trouble of its own. */
const outageSeconds = 10;

/** What keeps Mailgun from answering now, as a sentence. */
export class MailgunProblem extends Error {
  constructor(
    sentence: string,
    /** After how many seconds it makes sense to ask again; null: not before a person has changed something. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(sentence);
  }
}

export interface MailgunAnswer {
  status: number;
  body: unknown;
  /** By Mailgun's clock when it was asked, in milliseconds since 1970. */
  askedAtMs: number;
}

const limited = v.object({ 'retry-seconds': v.pipe(v.number(), v.minValue(1), v.maxValue(86_400)) });

/**
 * Sends a request to Mailgun's REST API.
 * @param path with its query, below the account's base
 * @param json the body of a POST
 * @returns the answer, whatever its status, as long as Mailgun has decided something
 * @throws MailgunProblem when it has not: no answer, over the rate limit, an error of Mailgun's own
 */
export async function requestMailgun(
  { base, apiKey }: Account,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  json?: object,
): Promise<MailgunAnswer> {
  const startedAt = Date.now();
  let response: Response;
  let text: string;
  try {
    response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`,
        ...(json && { 'content-type': 'application/json' }),
      },
      ...(json && { body: JSON.stringify(json) }),
      // The key is for this host alone.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (error) {
    throw new MailgunProblem(`Mailgun did not answer: ${reasonOf(error)}.`, outageSeconds);
  }
  const { status } = response;
  const body = parseJson(text);
  if (status === 429) {
    const pause = v.safeParse(limited, body);
    const seconds = pause.success ? pause.output['retry-seconds'] : rateLimitSeconds;
    throw new MailgunProblem(`Mailgun's rate limit is reached: it asks to wait ${seconds} seconds.`, seconds);
  }
  if (status >= 500) throw new MailgunProblem(`Mailgun answered ${status}.`, outageSeconds);
  if (status === 200 && body === undefined) throw new MailgunProblem('Mailgun answered what is not JSON.');
  const now = Date.now();
  // What was asked is as old as the question: the answer's date is that of its end.
  const date = Date.parse(response.headers.get('date') ?? '');
  return { status, body, askedAtMs: (Number.isNaN(date) ? now : date) - (now - startedAt) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
