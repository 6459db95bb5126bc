import type { MailgunRecord } from '../../mailgun-api/event-store';
import { eventRoutes } from '../../mailgun-api/events';

/** Where the app believes Mailgun to be. Nothing listens there. */
export const mailgunUrl = 'http://mailgun.invalid';
export const accountKey = 'api-key-of-the-account';

/**
 * Lets the app reach Mailgun without a network: a request over a socket would need time that is not virtual.
 * @param pageSize events of a page
 * @returns what gives the network back
 */
export function replaceFetch(record: MailgunRecord, pageSize: number): () => void {
  const real = globalThis.fetch;
  const routes = eventRoutes(record, { pageSize });
  globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    const method = init?.method ?? 'GET';
    const answer = await routes({ method, url, headers: {}, body: Buffer.alloc(0), apiKey: accountKey });
    if (answer === null || 'cut' in answer) return new Response('{}', { status: 404 });
    return new Response(JSON.stringify(answer.body), {
      status: answer.status,
      headers: { ...answer.headers },
    });
  };
  return () => {
    globalThis.fetch = real;
  };
}
