import * as v from 'valibot';
import { NestedTooDeeply } from '../events/canonical';
import type { MailgunEvent } from '../events/event';
import { readJsonEvent } from '../events/json';
import { elementTexts, memberText } from '../events/member-text';
import { cut, wellFormed } from '../events/text';
import { log } from '../log';
import type { Access } from '../mailgun-client/ask';
import type { MailgunSettings } from '../settings/settings';
import { accountsOf } from './account';
import { eventDataOf } from './log-row';
import { type MailgunAnswer, MailgunProblem, requestMailgun } from './request';

/** No account of the keys has the domain, or may read it: a subaccount may have it. */
export class DomainNotFound extends MailgunProblem {}

/** Most rows of a page that the Events API and the Logs API give. */
const pageSize = { events: 300, logs: 100 } as const;

/** Whether the end of a path has no steps to another one, however often it is encoded. */
function staysInPlace(token: string): boolean {
  const written = token.replace(/%(?:25)*(2e|5c)/gi, (_, code: string) =>
    code === '5c' || code === '5C' ? '\\' : '.',
  );
  return !/\.\.|\\|[\0-\x20]/.test(written);
}

/**
 * The page that comes next: of which account (by the position of its key) and API, where the range began that was
 * asked for, and the token that Mailgun gave.
 */
const nextPage = v.object({
  account: v.number(),
  api: v.picklist(['events', 'logs']),
  from: v.number(),
  // Of the Events API the end of a path: it must not lead anywhere else, in whatever way it is written.
  token: v.pipe(v.string(), v.maxLength(10_000), v.check(staysInPlace)),
});
type NextPage = v.InferOutput<typeof nextPage>;

/** A range of a domain's events at Mailgun; times in seconds since 1970, the end exclusive. */
export const eventRange = v.object({
  domain: v.string(),
  /** Everything before is stored. */
  begin: v.number(),
  end: v.number(),
  /** Where reading goes on; null: at `begin`. */
  page: v.nullable(nextPage),
});
export type EventRange = v.InferOutput<typeof eventRange>;

export interface EventPage {
  /** Oldest first. */
  events: MailgunEvent[];
  /** Null behind the last page. */
  next: NextPage | null;
  /** By Mailgun's clock when it was asked, in seconds since 1970. */
  askedAtSeconds: number;
}

const eventsBody = v.object({
  items: v.array(v.unknown()),
  paging: v.optional(v.object({ next: v.optional(v.string()) }), {}),
});
const logsBody = v.object({
  items: v.optional(v.nullable(v.array(v.unknown())), []),
  pagination: v.optional(v.nullable(v.object({ next: v.optional(v.nullable(v.string())) })), {}),
});
const refusalBody = v.object({ message: v.string() });

const identified = v.object({ id: v.pipe(v.string(), v.regex(/\S/)), timestamp: v.number() });

/**
 * Reads an event, null for a row that cannot be one: an odd row must not hold up the others. Without an id and a time
 * nobody could tell that a webhook has brought it.
 * @param original the row's text as it came
 */
function readRow(item: unknown, original: string | undefined, name: string): MailgunEvent | null {
  try {
    const data = eventDataOf(item, name);
    const row = v.safeParse(identified, data);
    const event = row.success ? readJsonEvent(data, row.output.timestamp) : null;
    return event && { ...event, raw: original ?? JSON.stringify(item) };
  } catch (error) {
    if (!(error instanceof NestedTooDeeply)) throw error;
    log.warn('event of Mailgun skipped', { domain: name, error: error.message });
    return null;
  }
}

/** The text of each row as it came: parsing loses digits, order and repeated names. Empty when it is not read as expected. */
function rowTexts(text: string, count: number): string[] {
  const items = memberText(text, 'items');
  const texts = items === null ? null : elementTexts(items);
  return texts?.length === count ? texts : [];
}

type TimeRange = Pick<EventRange, 'begin' | 'end'>;

function requestEvents(account: Access, name: string, { begin, end }: TimeRange, token: string | null) {
  const span = `begin=${Math.floor(begin)}&end=${Math.ceil(end)}`;
  const page = token ?? `?${span}&ascending=yes&limit=${pageSize.events}`;
  return requestMailgun(account, 'GET', `/v3/${name}/events${page}`);
}

function requestLogs(account: Access, name: string, { begin, end }: TimeRange, token: string | null) {
  const date = (seconds: number) => new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
  return requestMailgun(account, 'POST', '/v1/analytics/logs', {
    start: date(Math.floor(begin)),
    end: date(Math.ceil(end)),
    filter: { AND: [{ attribute: 'domain', comparator: '=', values: [{ label: name, value: name }] }] },
    pagination: { sort: 'timestamp:asc', limit: pageSize.logs, ...(token === null ? {} : { token }) },
  });
}

const requests = { events: requestEvents, logs: requestLogs } as const;

/** The token of the next page: of the Events API the end of its URL, so that the key stays with its host. */
function tokenOf(api: NextPage['api'], body: unknown): { items: unknown[]; token: string | null } {
  if (api === 'logs') {
    const { items, pagination } = v.parse(logsBody, body);
    return { items: items ?? [], token: pagination?.next || null };
  }
  const { items, paging } = v.parse(eventsBody, body);
  return { items, token: /\/v3\/[^/]+\/events([/?].+)$/.exec(paging.next ?? '')?.[1] ?? null };
}

function toPage(
  { text, body, askedAtMs }: MailgunAnswer,
  { api, account, from }: Omit<NextPage, 'token'>,
  name: string,
  asked: string | null,
): EventPage {
  let read: ReturnType<typeof tokenOf>;
  try {
    read = tokenOf(api, body);
  } catch {
    throw new MailgunProblem('Mailgun answered something else than a page of its record.');
  }
  if (read.token !== null && (!staysInPlace(read.token) || read.token === asked))
    throw new MailgunProblem(
      'Mailgun names a page of its record as the next that cannot be it: it repeats, or leads elsewhere.',
    );
  const texts = rowTexts(text, read.items.length);
  return {
    events: read.items.flatMap((item, index) => readRow(item, texts[index], name) ?? []),
    next: read.items.length === 0 || read.token === null ? null : { account, api, from, token: read.token },
    askedAtSeconds: askedAtMs / 1000,
  };
}

function explain(domain: string, statuses: readonly number[], detail: string): string {
  if (statuses.every((status) => status === 401))
    return `Mailgun refuses MAILGUN_API_KEY for ${domain}: it must be a key of the account, and the region that of the domain.`;
  if (statuses.includes(404))
    return `Mailgun knows no domain ${domain}: check MAILGUN_DOMAINS, and the region of the domain.`;
  return `Mailgun answered ${statuses.join(', ')} for ${domain}${detail === '' ? '' : `: ${detail}`}.`;
}

/**
 * Reads a page of Mailgun's events: from the Events API, or where that is gone from the Logs API. Several
 * accounts are tried until one has the domain.
 * @throws DomainNotFound, or another MailgunProblem
 */
export async function readEventPage(
  settings: MailgunSettings,
  { domain, begin, end, page }: EventRange,
): Promise<EventPage> {
  const range = { begin, end };
  const { name, accounts } = accountsOf(settings, domain);
  const known = page && accounts[page.account];
  if (page && known) {
    const answer = await requests[page.api](known, name, { begin: page.from, end }, page.token);
    if (answer.status === 200) return toPage(answer, page, name, page.token);
    // Nobody says how long a page's URL is good: what is left of the range is asked for anew.
  }
  const statuses: number[] = [];
  let detail = '';
  for (const [index, account] of accounts.entries()) {
    const answer = await requestEvents(account, name, range, null);
    const origin = { account: index, from: begin };
    if (answer.status === 200) return toPage(answer, { ...origin, api: 'events' }, name, null);
    statuses.push(answer.status);
    const said = v.safeParse(refusalBody, answer.body);
    if (said.success) detail = cut(wellFormed(said.output.message), 200);
    if (![403, 404, 410].includes(answer.status)) continue;
    if ((await requestMailgun(account, 'GET', `/v4/domains/${name}`)).status !== 200) continue;
    const logs = await requestLogs(account, name, range, null);
    if (logs.status === 200) return toPage(logs, { ...origin, api: 'logs' }, name, null);
    statuses.push(logs.status);
  }
  const sentence = explain(domain, statuses, detail);
  const isRefused = statuses.every((status) => [401, 403, 404].includes(status));
  throw isRefused ? new DomainNotFound(sentence) : new MailgunProblem(sentence);
}
