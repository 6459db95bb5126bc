import { formOf } from './form';
import type { MailgunAnswer, MailgunRoutes } from './server';

const webhookIds = [
  'accepted',
  'delivered',
  'opened',
  'clicked',
  'unsubscribed',
  'complained',
  'permanent_fail',
  'temporary_fail',
];

/** Most URLs per id, for a domain and for the account. */
const maxUrls = 3;

/** URLs by webhook id. */
type Urls = Record<string, readonly string[]>;

/** A request with its path decoded and its form read. */
interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
}

interface AccountWebhook {
  webhook_id: string;
  description: string;
  url: string;
  event_types: string[];
  created_at: string;
}

const notFound: MailgunAnswer = { status: 404, body: { message: 'Domain not found' } };
const notRegistered: MailgunAnswer = { status: 404, body: { message: 'Webhook not found' } };

function refuse(message: string): MailgunAnswer {
  return { status: 400, body: { message } };
}

function isUrl(text: string): boolean {
  return /^https?:\/\/[^/]/.test(text);
}

/**
 * The webhooks of one account: of its domains (v3, v4) and of the account itself (v1). Mailgun is eventually
 * consistent: after a change the next few listings still show what was before it.
 */
export class Webhooks {
  readonly account: AccountWebhook[] = [];
  readonly #domains = new Map<string, Urls>();
  readonly #staleReads: number;
  readonly #legacyUrl: boolean;
  /** What listings show for as many more times. */
  readonly #stale = new Map<string, { reads: number; shown: string }>();
  #made = 0;

  /**
   * @param staleReads how many listings after a change do not show it
   * @param legacyUrl whether single URLs are listed as `url`, as entries of old are
   */
  constructor(
    domains: readonly string[],
    { staleReads = 0, legacyUrl = false }: { staleReads?: number; legacyUrl?: boolean } = {},
  ) {
    for (const name of domains) this.#domains.set(name, {});
    this.#staleReads = staleReads;
    this.#legacyUrl = legacyUrl;
  }

  /** What is registered, as it is and not as listings show it. */
  of(domain: string): Urls {
    return this.#domains.get(domain) ?? {};
  }

  /** Registers URLs as a person in the dashboard would. */
  set(domain: string, urls: Urls): void {
    this.#domains.set(domain, urls);
  }

  /** Registers a URL of the account as a person in the dashboard would. */
  addToAccount(url: string, event_types: string[]): void {
    this.#made += 1;
    const webhook_id = `wh-${this.#made}`;
    this.account.push({ webhook_id, description: '', url, event_types, created_at: '2026-11-24T04:00:00Z' });
  }

  readonly routes: MailgunRoutes = async (request) => {
    const { method, url } = request;
    const path = decodeURIComponent(url.pathname);
    const read = { method, path, query: url.searchParams, form: await formOf(request) };
    return this.#ofDomainV3(read) ?? this.#ofDomainV4(read) ?? this.#ofAccount(read);
  };

  #list(domain: string): Record<string, unknown> {
    const urls = this.of(domain);
    return Object.fromEntries(
      webhookIds.map((id) => {
        const [first, second] = urls[id] ?? [];
        if (first === undefined) return [id, null];
        return [id, this.#legacyUrl && second === undefined ? { url: first } : { urls: urls[id] }];
      }),
    );
  }

  #asShown(key: string, now: object): unknown {
    const stale = this.#stale.get(key);
    if (stale === undefined || stale.reads === 0) return now;
    stale.reads -= 1;
    return JSON.parse(stale.shown);
  }

  #write(key: string, before: object, change: () => void): void {
    const stale = this.#stale.get(key);
    const shown = stale !== undefined && stale.reads > 0 ? stale.shown : JSON.stringify(before);
    change();
    this.#stale.set(key, { reads: this.#staleReads, shown });
  }

  #change(domain: string, id: string, urls: readonly string[]): MailgunAnswer {
    const { [id]: before, ...others } = this.of(domain);
    this.#write(domain, this.#list(domain), () =>
      this.#domains.set(domain, urls.length > 0 ? { ...others, [id]: urls } : others),
    );
    return {
      status: 200,
      body: {
        message: 'Webhook has been updated',
        webhook: { urls: urls.length > 0 ? urls : (before ?? []) },
      },
    };
  }

  #ofDomainV3({ method, path, form }: ApiRequest): MailgunAnswer | null {
    const [, domain, id] = /^\/v3\/domains\/([^/]+)\/webhooks(?:\/([^/]+))?$/.exec(path) ?? [];
    if (domain === undefined) return null;
    if (!this.#domains.has(domain)) return notFound;
    const urls = form.getAll('url');
    if (id === undefined) {
      if (method === 'GET')
        return { status: 200, body: { webhooks: this.#asShown(domain, this.#list(domain)) } };
      const added = form.get('id') ?? '';
      if (method !== 'POST') return null;
      if (!webhookIds.includes(added)) return refuse(`Invalid webhook id: ${added}`);
      if (this.of(domain)[added] !== undefined) return refuse('Webhook already exists');
      return this.#refusedUrls(urls) ?? this.#change(domain, added, urls);
    }
    const registered = this.of(domain)[id];
    if (registered === undefined) return notRegistered;
    if (method === 'GET') return { status: 200, body: { webhook: { urls: registered } } };
    if (method === 'PUT') return this.#refusedUrls(urls) ?? this.#change(domain, id, urls);
    return method === 'DELETE' ? this.#change(domain, id, []) : null;
  }

  #refusedUrls(urls: readonly string[]): MailgunAnswer | null {
    if (urls.length === 0) return refuse('Missing mandatory parameter: url');
    if (!urls.every(isUrl)) return refuse('Invalid url');
    if (urls.some((url) => new URL(url).hostname.endsWith('.invalid'))) {
      return { status: 400, body: { Reason: 'no such host' } };
    }
    return urls.length > maxUrls ? refuse(`A maximum of ${maxUrls} urls is allowed`) : null;
  }

  #ofDomainV4({ method, path, query, form }: ApiRequest): MailgunAnswer | null {
    const [, domain] = /^\/v4\/domains\/([^/]+)\/webhooks$/.exec(path) ?? [];
    if (domain === undefined) return null;
    if (!this.#domains.has(domain)) return notFound;
    const before = this.of(domain);
    if (method === 'DELETE') {
      const gone = (query.get('url') ?? '').split(',');
      for (const id of webhookIds) {
        const left = (before[id] ?? []).filter((url) => !gone.includes(url));
        if (left.length !== (before[id] ?? []).length) this.#change(domain, id, left);
      }
      return { status: 200, body: { webhooks: this.#list(domain) } };
    }
    if (method !== 'POST' && method !== 'PUT') return null;
    const url = form.get('url') ?? '';
    const wanted = form.getAll('event_types');
    if (!isUrl(url) || wanted.some((id) => !webhookIds.includes(id)) || wanted.length === 0)
      return refuse('Invalid url or event_types');
    if (method === 'POST' && wanted.some((id) => before[id]?.includes(url)))
      return refuse('Webhook already exists');
    if (wanted.some((id) => !before[id]?.includes(url) && (before[id]?.length ?? 0) >= maxUrls)) {
      return refuse(`A maximum of ${maxUrls} urls is allowed`);
    }
    for (const id of webhookIds) {
      const others = (before[id] ?? []).filter((other) => other !== url);
      if (wanted.includes(id)) this.#change(domain, id, [...others, url]);
      else if (method === 'PUT' && before[id]?.includes(url)) this.#change(domain, id, others);
    }
    return { status: 200, body: { webhooks: this.#list(domain) } };
  }

  #ofAccount({ method, path, query, form }: ApiRequest): MailgunAnswer | null {
    const [found, id] = /^\/v1\/webhooks(?:\/([^/]+))?$/.exec(path) ?? [];
    if (found === undefined) return null;
    const webhook = this.account.find(({ webhook_id }) => webhook_id === id);
    if (method === 'GET' && id === undefined) {
      const wanted = query.get('webhook_ids')?.split(',');
      const all = this.account.filter(({ webhook_id }) => wanted?.includes(webhook_id) ?? true);
      return { status: 200, body: this.#asShown('', { webhooks: all }) };
    }
    if (id !== undefined && webhook === undefined) return notRegistered;
    if (method === 'GET') return { status: 200, body: webhook };
    if (method === 'DELETE') {
      this.#write('', { webhooks: this.account }, () => {
        const gone = id === undefined ? query.get('webhook_ids')?.split(',') : [id];
        const left = this.account.filter(({ webhook_id }) => !gone?.includes(webhook_id));
        this.account.splice(0, this.account.length, ...left);
      });
      return { status: 204 };
    }
    const url = form.get('url') ?? '';
    const types = form.getAll('event_types');
    if (!isUrl(url) || types.length === 0 || types.some((type) => !webhookIds.includes(type)))
      return refuse('Invalid url or event_types');
    const others = this.account.filter((other) => other !== webhook);
    if (others.some((other) => other.url === url)) {
      return { status: 409, body: { message: `webhook with url ${url} already exists` } };
    }
    const full = types.filter(
      (type) => others.filter(({ event_types }) => event_types.includes(type)).length >= maxUrls,
    );
    if (full.length > 0) {
      return { status: 409, body: { message: `cannot have more than 3 urls for event type ${full[0]}` } };
    }
    if (method === 'POST' && id === undefined) {
      this.#write('', { webhooks: this.account }, () => this.addToAccount(url, types));
      return { status: 200, body: { webhook_id: this.account.at(-1)?.webhook_id } };
    }
    if (method !== 'PUT' || webhook === undefined) return null;
    this.#write('', { webhooks: this.account }, () => {
      Object.assign(webhook, { url, event_types: types });
    });
    return { status: 204 };
  }
}
