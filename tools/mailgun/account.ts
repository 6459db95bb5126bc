import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { type Access, askMailgun, NoAnswer } from '../../src/mailgun-client/ask';
import { EndlessDomains, readDomainNames } from '../../src/mailgun-client/domain-names';
import { excerptOf } from '../../src/without-addresses';
import { MailgunRefusal } from './refusal';

/** URLs by webhook id, `{ delivered: ['https://...'] }`. */
export type WebhookUrls = Readonly<Record<string, readonly string[]>>;

/** A webhook of the account: one URL for some event types. */
export interface AccountWebhook {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
}

const domainWebhooks = v.object({
  webhooks: v.record(
    v.string(),
    v.nullish(v.object({ url: v.nullish(v.string()), urls: v.nullish(v.array(v.string())) })),
  ),
});
const accountWebhooks = v.object({
  webhooks: v.nullish(
    v.array(v.object({ webhook_id: v.string(), url: v.string(), event_types: v.array(v.string()) })),
    [],
  ),
});
// It is printed, and copied into a shell: what is no key must not get there.
const signingKeyAnswer = v.object({ http_signing_key: v.pipe(v.string(), v.regex(/^[\w-]{8,200}$/)) });
const refusalBody = v.object({ message: v.optional(v.string()), Reason: v.optional(v.string()) });

/** How often a request waits for the rate limit before it is given up, and how long at most. */
const maxWaits = 20;
const maxWaitSeconds = 600;
/** How long to wait when Mailgun does not say. */
const defaultWaitSeconds = 60;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One account of Mailgun in one region. Its calls wait for the rate limit, and throw MailgunRefusal. */
export class MailgunAccount {
  readonly #access: Access;
  readonly #onWait: (seconds: number) => void;

  /** @param onWait is told how many seconds the rate limit makes us wait */
  constructor(access: Access, onWait: (seconds: number) => void) {
    this.#access = access;
    this.#onWait = onWait;
  }

  /** The names of all domains, page by page to the end. */
  async domains(): Promise<string[]> {
    try {
      return await readDomainNames((path) => this.ask('GET', path));
    } catch (error) {
      throw error instanceof EndlessDomains ? new MailgunRefusal(200, error.message) : error;
    }
  }

  async webhooksOf(domain: string): Promise<WebhookUrls> {
    const { webhooks } = v.parse(domainWebhooks, await this.ask('GET', webhooksPath(domain)));
    return Object.fromEntries(
      Object.entries(webhooks).map(([id, entry]) => {
        // Entries of old hold a single `url`.
        return [id, entry?.urls ?? (entry?.url ? [entry.url] : [])];
      }),
    );
  }

  /** Makes the URLs of an id exactly these. */
  async setUrls(
    domain: string,
    id: string,
    before: readonly string[],
    urls: readonly string[],
  ): Promise<void> {
    const form = new FormData();
    if (before.length === 0) form.append('id', id);
    for (const url of urls) form.append('url', url);
    const path = `${webhooksPath(domain)}/${encodeURIComponent(id)}`;
    if (urls.length === 0) await this.ask('DELETE', path);
    else if (before.length > 0) await this.ask('PUT', path, form);
    else await this.ask('POST', webhooksPath(domain), form);
  }

  async accountWebhooks(): Promise<AccountWebhook[]> {
    const { webhooks } = v.parse(accountWebhooks, await this.ask('GET', '/v1/webhooks'));
    return (webhooks ?? []).map(({ webhook_id, url, event_types }) => {
      return { id: webhook_id, url, types: event_types };
    });
  }

  /** Makes the types of an account's URL exactly these: a new webhook, a changed one, or none. */
  async setTypes(id: string | null, url: string, types: readonly string[]): Promise<void> {
    const form = new FormData();
    form.append('url', url);
    form.append('description', 'mailgun-webhook-handler');
    for (const type of types) form.append('event_types', type);
    const path = id === null ? '/v1/webhooks' : `/v1/webhooks/${encodeURIComponent(id)}`;
    if (types.length === 0) await this.ask('DELETE', path);
    else await this.ask(id === null ? 'POST' : 'PUT', path, form);
  }

  /** The HTTP webhook signing key. A secret. */
  async signingKey(): Promise<string> {
    return v.parse(signingKeyAnswer, await this.ask('GET', '/v5/accounts/http_signing_key')).http_signing_key;
  }

  /** Whether the account answers a question. */
  answers(path: string): Promise<boolean> {
    return this.ask('GET', path).then(
      () => true,
      () => false,
    );
  }

  /** @returns the JSON of the answer, undefined where there is none. @throws MailgunRefusal */
  async ask(method: Method, path: string, form?: FormData): Promise<unknown> {
    for (let waits = 0; ; waits += 1) {
      const answer = await askMailgun(this.#access, { method, path, form }).catch((error: unknown) => {
        throw error instanceof NoAnswer ? new MailgunRefusal(0, error.message) : error;
      });
      const { status, body, text } = answer;
      if (status >= 200 && status < 300) return body;
      if (status !== 429) {
        const said = v.safeParse(refusalBody, body);
        const { message, Reason } = said.success ? said.output : {};
        throw new MailgunRefusal(status, message ?? Reason ?? excerptOf(text, 200));
      }
      const seconds = answer.retryAfterSeconds ?? defaultWaitSeconds;
      if (waits === maxWaits || seconds > maxWaitSeconds)
        throw new MailgunRefusal(429, `too many requests; it asks to wait ${seconds} seconds`);
      this.#onWait(seconds);
      await pause(seconds * 1000);
    }
  }
}

function webhooksPath(domain: string): string {
  return `/v3/domains/${encodeURIComponent(domain)}/webhooks`;
}
