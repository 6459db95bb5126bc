import { setTimeout as pause } from 'node:timers/promises';
import Mailgun from 'mailgun.js';
import * as v from 'valibot';
import { type ApiAccess, askMailgun, TooManyRequests } from './direct';
import { MailgunRefusal } from './refusal';

/** URLs by webhook id, `{ delivered: ['https://...'] }`. */
export type WebhookUrls = Readonly<Record<string, readonly string[]>>;

/** A webhook of the account: one URL for some event types. */
export interface AccountWebhook {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
}

const domainWebhooks = v.record(
  v.string(),
  v.nullish(v.object({ url: v.nullish(v.string()), urls: v.nullish(v.array(v.string())) })),
);
const accountWebhooks = v.object({
  webhooks: v.nullish(
    v.array(v.object({ webhook_id: v.string(), url: v.string(), event_types: v.array(v.string()) })),
    [],
  ),
});
const signingKeyAnswer = v.object({ http_signing_key: v.pipe(v.string(), v.nonEmpty()) });
const sdkError = v.object({
  type: v.literal('MailgunAPIError'),
  status: v.number(),
  message: v.string(),
  details: v.optional(v.string(), ''),
});

/** Domains per page; Mailgun gives at most a thousand. */
const pageSize = 1000;

/** How often a request waits for the rate limit before it is given up. */
const maxWaits = 20;

/** One account of Mailgun in one region. Its calls wait for the rate limit, and throw MailgunRefusal. */
export class MailgunAccount {
  readonly #access: ApiAccess;
  readonly #sdk;
  readonly #onWait: (seconds: number) => void;

  /** @param onWait is told how many seconds the rate limit makes us wait */
  constructor(access: ApiAccess, onWait: (seconds: number) => void) {
    this.#access = access;
    this.#sdk = new Mailgun(FormData).client({ username: 'api', key: access.apiKey, url: access.apiUrl });
    this.#onWait = onWait;
  }

  /** The names of all domains, page by page to the end. */
  async domains(): Promise<string[]> {
    const names = new Set<string>();
    for (;;) {
      const page = await this.#call(() => this.#sdk.domains.list({ limit: pageSize, skip: names.size }));
      const before = names.size;
      for (const { name } of page) names.add(name);
      // Only an empty page is the end: Mailgun may give fewer than asked for.
      if (page.length === 0 || names.size === before) return [...names];
    }
  }

  async webhooksOf(domain: string): Promise<WebhookUrls> {
    const listed: unknown = await this.#call(() => this.#sdk.webhooks.list(domain, {}));
    return Object.fromEntries(
      Object.entries(v.parse(domainWebhooks, listed)).map(([id, entry]) => {
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
    const { webhooks } = this.#sdk;
    const [first] = urls;
    if (first === undefined) await this.#call(() => webhooks.destroy(domain, id));
    else if (before.length > 0) await this.#call(() => webhooks.update(domain, id, [...urls]));
    else await this.#call(() => webhooks.create(domain, id, first, false));
  }

  async accountWebhooks(): Promise<AccountWebhook[]> {
    const listed = await this.#waiting(() => askMailgun(this.#access, 'GET', '/v1/webhooks'));
    const { webhooks } = v.parse(accountWebhooks, listed);
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
    await this.#waiting(() =>
      types.length === 0
        ? askMailgun(this.#access, 'DELETE', path)
        : askMailgun(this.#access, id === null ? 'POST' : 'PUT', path, form),
    );
  }

  /** The HTTP webhook signing key. A secret. */
  async signingKey(): Promise<string> {
    const answer = await this.#call(() => this.#sdk.accountManagement.getWebhookSigningKey());
    return v.parse(signingKeyAnswer, answer).http_signing_key;
  }

  /** A call of the SDK. Its error tells that there were too many requests, but not how long to wait. */
  #call<Result>(send: () => Promise<Result>): Promise<Result> {
    return this.#waiting(async () => {
      try {
        return await send();
      } catch (error) {
        const { status, message, details } = readSdkError(error);
        if (status !== 429) throw new MailgunRefusal(status, details || message);
        // The cheapest request says by its refusal how long; should it pass, the time is over.
        await askMailgun(this.#access, 'GET', '/v3/domains?limit=1');
        throw new TooManyRequests(0);
      }
    });
  }

  async #waiting<Result>(send: () => Promise<Result>): Promise<Result> {
    for (let waits = 0; ; waits += 1) {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof TooManyRequests) || waits === maxWaits) throw error;
        if (error.retrySeconds > 0) this.#onWait(error.retrySeconds);
        await pause(error.retrySeconds * 1000);
      }
    }
  }
}

/** The SDK gives a connection that failed the status 400, and the code of the failure as the message. */
function readSdkError(error: unknown): { status: number; message: string; details: string } {
  const parsed = v.safeParse(sdkError, error);
  if (!parsed.success) throw error;
  const { message, details } = parsed.output;
  const isConnection =
    /^(E[A-Z]+|ERR_[A-Z_]+|UND_ERR_[A-Z_]+)$/.test(message) && message !== 'ERR_BAD_REQUEST';
  return { ...parsed.output, status: isConnection ? 0 : parsed.output.status, details };
}
