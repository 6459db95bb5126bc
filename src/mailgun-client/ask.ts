import * as v from 'valibot';

/** How long Mailgun may take for an answer, to its last byte. */
const timeoutMs = 15_000;
/**
 * Largest answer, after it was unpacked: a page of 300 events has some hundred kilobytes, and 0.4 MB of gzip can
 * be 400 MB of zeros.
 */
const maxAnswerBytes = 16 * 1024 * 1024;
/** Longest wait that a rate limit can ask for; what is longer is a slip or a trick. */
const maxRetrySeconds = 86_400;

/** Where one account of Mailgun is asked, and with which key. */
export interface Access {
  /** Without a slash at its end. */
  readonly base: string;
  readonly apiKey: string;
  /** The id of a subaccount that the primary account's key asks for; null: the key's own account. */
  readonly onBehalfOf?: string | null;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query, below the base. */
  readonly path: string;
  readonly json?: object | undefined;
  readonly form?: FormData | undefined;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The JSON of the answer, undefined where there is none. */
  readonly body: unknown;
  /** Milliseconds since 1970 by Mailgun's clock; null when it does not say. */
  readonly dateMs: number | null;
  /** Of 429: after how many seconds it may be asked again; null when it does not say, or what cannot be. */
  readonly retryAfterSeconds: number | null;
}

/** There is no answer that could be used. The message says why, as the rest of a sentence. */
export class NoAnswer extends Error {}

const limited = v.object({
  'retry-seconds': v.pipe(v.number(), v.minValue(1), v.maxValue(maxRetrySeconds)),
});

/**
 * The URL of a request. A path comes in parts from outside: the address of an entry, the token of a page. When the
 * rules of URLs make another path of it (`..`, also as `%2e%2e`, and backslashes), it would lead to another route.
 */
function urlOf({ base }: Access, path: string): URL {
  const asked = base + path;
  const url = URL.canParse(asked) ? new URL(asked) : null;
  const [, written = ''] = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(asked) ?? [];
  if (url === null || url.pathname !== (written || '/') || url.hash !== '')
    throw new NoAnswer('its address leads to another place than it should');
  return url;
}

/** Reads an answer up to the largest size that is taken. */
async function readText(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > maxAnswerBytes) throw new NoAnswer(`its answer has more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch only says that it failed; its cause says why. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : error.message;
}

/**
 * Sends a request to Mailgun's REST API; everything that asks Mailgun goes through here. Mailgun, or who stands in its
 * place, may be wrong or hostile: an answer is limited in size and time, and no redirect is followed, since the key
 * is for this host alone, and what another one says must not be taken for Mailgun's word.
 * @returns the answer, whatever its status
 * @throws NoAnswer
 */
export async function askMailgun(access: Access, { method, path, json, form }: Request): Promise<Answer> {
  const url = urlOf(access, path);
  try {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`api:${access.apiKey}`).toString('base64')}`,
        ...(access.onBehalfOf && { 'x-mailgun-on-behalf-of': access.onBehalfOf }),
        ...(json && { 'content-type': 'application/json' }),
      },
      ...(json && { body: JSON.stringify(json) }),
      ...(form && { body: form }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status, headers } = response;
    if (status === 0 || (status >= 300 && status < 400)) {
      await response.body?.cancel();
      throw new NoAnswer(`it sends on to another address (${status}), which is not followed`);
    }
    const text = await readText(response);
    const body = parseJson(text);
    const pause = v.safeParse(limited, body);
    const dateMs = Date.parse(headers.get('date') ?? '');
    return {
      status,
      text,
      body,
      dateMs: Number.isNaN(dateMs) ? null : dateMs,
      retryAfterSeconds: status === 429 && pause.success ? pause.output['retry-seconds'] : null,
    };
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(reasonOf(error));
  }
}
