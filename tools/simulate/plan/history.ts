import type { Encoding, EventKind, Failure, Flags, SimulatedEvent } from './event';
import type { FailureExample } from './failures';
import type { Random } from './random';
import type { Recipient } from './recipients';

/** Details that a story gives to one event. */
export interface EventDetails {
  readonly recipient?: string | undefined;
  readonly tags?: readonly string[];
  readonly bot?: string | null;
  readonly url?: string;
  readonly mailingList?: string;
  readonly failure?: Failure;
  readonly flags?: Flags;
  readonly id?: string;
}

/** What happened to the message for one recipient, written down event by event. */
export interface History {
  readonly random: Random;
  readonly person: Recipient;
  readonly number: number;
  /** When the message was sent, seconds since 1970. */
  readonly sentAt: number;
  readonly now: number;
  /** Adds an event so many seconds after the message was sent; never later than now. */
  add(kind: EventKind, secondsLater: number, details?: EventDetails): void;
  /** Adds a failure that Mailgun is known to send. */
  fail(example: FailureExample, secondsLater: number, details?: EventDetails): void;
  /** A fresh id of Mailgun's shape. */
  createId(): string;
  readonly events: readonly SimulatedEvent[];
}

export interface HistorySetting {
  readonly seed: number;
  readonly number: number;
  readonly person: Recipient;
  readonly tags: readonly string[];
  readonly sentAt: number;
  readonly now: number;
  readonly random: Random;
}

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const sendingDomains = ['mg.sender.example', 'news.sender.example'] as const;

/** Legacy webhooks are signed with the time of the event, so an older one would be refused as stale. */
const legacyWindowSeconds = 20 * 3600;

/** The share of events that still come in Mailgun's old format, of those that it can tell. */
const legacyShare = 0.25;

function canBeLegacy(kind: EventKind, details: EventDetails): boolean {
  if (details.failure !== undefined) return details.failure.legacy !== undefined;
  if (details.id !== undefined || details.flags !== undefined || details.recipient !== undefined)
    return false;
  if (details.bot !== undefined && details.bot !== null && details.bot !== '') return false;
  return ['delivered', 'opened', 'clicked', 'unsubscribed', 'complained'].includes(kind);
}

/** Mailgun's own habit: with message headers multipart, without them urlencoded; either may occur. */
function legacyEncoding(kind: EventKind, random: Random): Encoding {
  const usual = kind === 'failed' || kind === 'complained' ? 'multipart' : 'urlencoded';
  const other = usual === 'multipart' ? 'urlencoded' : 'multipart';
  return random.chance(0.8) ? usual : other;
}

/** The same address as another program might write it. */
function respell(address: string, random: Random): string {
  const spelling = random.next();
  if (spelling < 0.05) return address.toUpperCase();
  if (spelling < 0.1) return address.charAt(0).toUpperCase() + address.slice(1);
  if (spelling < 0.12) return ` ${address} `;
  return address;
}

/** Opens the book of one recipient. The list of events grows as the story is told. */
export function createHistory(setting: HistorySetting): History {
  const { random, person, seed, number, sentAt, now } = setting;
  const events: SimulatedEvent[] = [];
  const usedSeconds = new Set<number>();
  const domain = random.pick(sendingDomains);
  const messageId = `${Math.floor(sentAt)}.${number}.s${seed}.${random.text(8, '0123456789ABCDEF')}@${domain}`;
  const createId = () => random.text(22, base64url);

  /** Legacy events have no id and whole seconds: two of one person must not share a second. */
  function freeSecond(wanted: number): number {
    let second = Math.floor(wanted);
    while (usedSeconds.has(second)) second--;
    usedSeconds.add(second);
    return second;
  }

  function add(kind: EventKind, secondsLater: number, details: EventDetails = {}): void {
    const latest = now - 5;
    const wanted = sentAt + secondsLater;
    const second = freeSecond(wanted < latest ? wanted : random.between(sentAt, latest));
    const mustBeLegacy = details.failure?.legacy !== undefined;
    const mayBeLegacy = canBeLegacy(kind, details) && second > now - legacyWindowSeconds;
    const isLegacy = mustBeLegacy || (mayBeLegacy && random.chance(legacyShare));
    const recipient = 'recipient' in details ? details.recipient : respell(person.address, random);
    events.push({
      kind,
      id: details.id ?? createId(),
      domain,
      at: isLegacy ? second : Number((second + random.next() * 0.999).toFixed(6)),
      ...(recipient === undefined ? {} : { recipient }),
      provider: person.provider,
      tags: details.tags ?? setting.tags,
      messageId,
      encoding: isLegacy ? legacyEncoding(kind, random) : 'json',
      flags: details.flags ?? {},
      ...(details.failure === undefined ? {} : { failure: details.failure }),
      ...(details.bot === undefined ? {} : { bot: details.bot }),
      ...(details.url === undefined ? {} : { url: details.url }),
      ...(details.mailingList === undefined ? {} : { mailingList: details.mailingList }),
      shape: random.integer(0, 0xffffffff),
    });
  }

  return {
    random,
    person,
    number,
    sentAt,
    now,
    add,
    fail: (example, secondsLater, details = {}) =>
      add('failed', secondsLater, {
        ...details,
        failure: example.failure,
        ...(example.flags === undefined ? {} : { flags: example.flags }),
      }),
    createId,
    events,
  };
}
