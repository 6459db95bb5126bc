import * as v from 'valibot';
import type { MailgunAnswer } from './server';

const recorded = v.looseObject({
  event: v.string(),
  id: v.string(),
  timestamp: v.number(),
  domain: v.object({ name: v.string() }),
});

/** An event as webhooks tell it. */
export type RecordedEvent = v.InferOutput<typeof recorded>;

/** Where a page begins: behind an event, or at the beginning of the question. */
interface Position {
  readonly domain: string;
  readonly begin: number;
  readonly end: number;
  readonly ascending: boolean;
  readonly limit: number;
  readonly behind: { timestamp: number; id: string } | null;
}

/**
 * What Mailgun has written down of every domain's events. It is eventually consistent: an event may show up
 * long after it happened, also between others that were read already. Its clock can be set.
 */
export class MailgunRecord {
  /** How far Mailgun's clock is ahead of this machine's, in milliseconds. */
  ahead = 0;
  readonly #accounts: Readonly<Record<string, readonly string[]>>;
  readonly #events: { event: RecordedEvent; isShown: boolean }[] = [];
  readonly #places = new Map<string, Position>();

  /** @param accounts the domains of each account, by its API key */
  constructor(accounts: Readonly<Record<string, readonly string[]>>) {
    this.#accounts = accounts;
  }

  domainsOf(apiKey: string): readonly string[] {
    return this.#accounts[apiKey] ?? [];
  }

  /** @param isLate whether it does not show until {@link showLate} */
  add(event: unknown, isLate = false): void {
    this.#events.push({ event: v.parse(recorded, event), isShown: !isLate });
  }

  showLate(): void {
    for (const entry of this.#events) entry.isShown = true;
  }

  /** Pages that were given out cannot be turned any more. */
  forgetPages(): void {
    this.#places.clear();
  }

  /** What every answer says of Mailgun's clock. */
  get headers(): Record<string, string> {
    return { date: new Date(Date.now() + this.ahead).toUTCString() };
  }

  /** The page at a place, and the token of the one behind it: there always is one. */
  page(position: Position): { events: RecordedEvent[]; next: string } {
    const { domain, begin, end, ascending, limit, behind } = position;
    const direction = ascending ? 1 : -1;
    const compare = (
      a: Pick<RecordedEvent, 'timestamp' | 'id'>,
      b: Pick<RecordedEvent, 'timestamp' | 'id'>,
    ) => direction * (a.timestamp - b.timestamp || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    const events = this.#events
      .filter(({ isShown }) => isShown)
      .map(({ event }) => event)
      .filter((event) => event.domain.name === domain)
      .filter(({ timestamp }) => timestamp >= begin && timestamp <= end)
      .sort(compare)
      .filter((event) => behind === null || compare(event, behind) > 0)
      .slice(0, limit);
    const next = `W3${Buffer.from(`${this.#places.size}`).toString('base64url')}`;
    this.#places.set(next, { ...position, behind: events.at(-1) ?? behind });
    return { events, next };
  }

  placeOf(token: string): Position | null {
    return this.#places.get(token) ?? null;
  }
}

export const domainNotFound: MailgunAnswer = { status: 404, body: { message: 'Domain not found' } };
