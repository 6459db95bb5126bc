import { type Access, askMailgun, NoAnswer } from '../mailgun-client/ask';

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
  /** As it came; `body` is what it says as JSON. */
  text: string;
  body: unknown;
  /** By Mailgun's clock when it was asked, in milliseconds since 1970. */
  askedAtMs: number;
}

/**
 * Sends a request to Mailgun's REST API.
 * @param path with its query, below the account's base
 * @param json the body of a POST
 * @returns the answer, whatever its status, as long as Mailgun has decided something
 * @throws MailgunProblem when it has not: no answer, over the rate limit, an error of Mailgun's own
 */
export async function requestMailgun(
  access: Access,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  json?: object,
): Promise<MailgunAnswer> {
  const startedAt = Date.now();
  const { status, text, body, dateMs, retryAfterSeconds } = await askMailgun(access, {
    method,
    path,
    json,
  }).catch((error: unknown) => {
    if (!(error instanceof NoAnswer)) throw error;
    throw new MailgunProblem(`Mailgun did not answer: ${error.message}.`, outageSeconds);
  });
  if (status === 429) {
    const seconds = retryAfterSeconds ?? rateLimitSeconds;
    throw new MailgunProblem(`Mailgun's rate limit is reached: it asks to wait ${seconds} seconds.`, seconds);
  }
  if (status >= 500) throw new MailgunProblem(`Mailgun answered ${status}.`, outageSeconds);
  if (status === 200 && body === undefined) throw new MailgunProblem('Mailgun answered what is not JSON.');
  const now = Date.now();
  // What was asked is as old as the question: the answer's date is that of its end.
  return { status, text, body, askedAtMs: (dateMs ?? now) - (now - startedAt) };
}
