import * as v from 'valibot';
import { MailgunRefusal } from './refusal';

/** Where Mailgun's API is and what opens it. */
export interface ApiAccess {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly apiKey: string;
}

const timeoutMs = 30_000;
const errorBody = v.object({
  message: v.optional(v.string()),
  Reason: v.optional(v.string()),
  'retry-seconds': v.optional(v.number()),
});

/** A refusal for now: too many requests of the account within a minute. */
export class TooManyRequests extends MailgunRefusal {
  constructor(readonly retrySeconds: number) {
    super(429, 'too many requests');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Asks Mailgun's API without the SDK (mailgun.js 14), for what that lacks: it has no call for the webhooks of
 * an account, and it keeps neither the `retry-seconds` nor the `Reason` of a refusal.
 * @returns the JSON of the answer, undefined when there is none
 * @throws TooManyRequests, MailgunRefusal
 */
export async function askMailgun(
  { apiUrl, apiKey }: ApiAccess,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  form?: FormData,
): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`;
  let answer: { status: number; text: string };
  try {
    const response = await fetch(apiUrl + path, {
      method,
      headers: { authorization },
      signal: AbortSignal.timeout(timeoutMs),
      ...(form === undefined ? {} : { body: form }),
    });
    answer = { status: response.status, text: await response.text() };
  } catch (error) {
    throw new MailgunRefusal(0, reasonOf(error));
  }
  const body = parseJson(answer.text);
  if (answer.status >= 200 && answer.status < 300) return body;
  const said = v.safeParse(errorBody, body);
  const { message, Reason, 'retry-seconds': seconds } = said.success ? said.output : {};
  if (answer.status === 429) throw new TooManyRequests(seconds ?? 60);
  throw new MailgunRefusal(answer.status, message ?? Reason ?? answer.text.slice(0, 200));
}

/** fetch only says that it failed; its cause says why. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : error.message;
}
