import * as v from 'valibot';
import { reasonOf } from '../../src/mailgun-client/ask';
import { CannotRun } from '../cannot-run';

const timeoutMs = 20_000;
const errorAnswer = v.object({ error: v.string() });

/** Whether the app at the URL has a signing key already. */
export type Readiness = 'ready' | 'no signing key';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

function isOnThisMachine(url: string): boolean {
  return loopback.has(new URL(url).hostname);
}

/**
 * Asks the webhook as Mailgun would, without a signature: only our app refuses that by the right words.
 * @param apiUrl where Mailgun is: when it is imitated on this machine, so may the space be
 * @throws CannotRun with a sentence that says why Mailgun could not use the URL
 */
export async function checkWebhookUrl(url: string, apiUrl: string): Promise<Readiness> {
  if (isOnThisMachine(url)) {
    if (!isOnThisMachine(apiUrl)) {
      throw new CannotRun(`${url} is on this machine, where Mailgun cannot reach it: deploy the app first.`);
    }
  } else if (new URL(url).protocol !== 'https:') {
    throw new CannotRun(`${url} is not https: what Mailgun sends would be readable on its way.`);
  }
  const { status, text } = await post(url);
  const error = errorOf(text);
  if (status === 406 && error === 'invalid_signature') return 'ready';
  if (status === 503 && error === 'not_configured') return 'no signing key';
  throw new CannotRun(`${url} ${describe(status)}`);
}

async function post(url: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"event-data":{}}',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new CannotRun(
      `${url} cannot be reached (${reasonOf(error)}): deploy the app first, and look at the address.`,
    );
  }
}

function errorOf(text: string): string | undefined {
  try {
    const parsed = v.safeParse(errorAnswer, JSON.parse(text));
    return parsed.success ? parsed.output.error : undefined;
  } catch {
    return undefined;
  }
}

function describe(status: number): string {
  if (status === 404)
    return 'is not there (404): deploy the app first, and look at the space in the address.';
  if (status === 401 || status === 403)
    return `asks for a key (${status}): it is not the webhook of this app.`;
  if (status >= 300 && status < 400) return `redirects (${status}): name the address that it leads to.`;
  if (status === 200) return 'takes in what is not signed (200): it is not the webhook of this app.';
  if (status === 429) return 'is called too often (429): wait a minute and try again.';
  if (status >= 500) return `answers ${status}: look into its log with npx coho logs.`;
  return `answers ${status} where this app answers 406 to what is not signed: it is another app.`;
}
