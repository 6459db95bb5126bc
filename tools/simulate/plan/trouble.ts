import type { Delivery, Draft, Stamp } from './delivery';
import type { EventKind, Failure, SimulatedEvent } from './event';

/** So many events of one kind that went alike. */
interface Part {
  readonly count: number;
  readonly kind: EventKind;
  readonly domain: string;
  readonly failure?: Failure;
  readonly signing?: 'wrong-key';
  /** How long ago it happened, in hours; it has just happened without. */
  readonly hoursAgo?: number;
}

export interface Trouble {
  /** What happens, for a person. */
  readonly story: string;
  readonly parts: readonly Part[];
  /** The rules of the app's alerts that it must open. */
  readonly opens: readonly string[];
  /** How many minutes nothing comes before anybody can notice, by the default thresholds. */
  readonly silentMinutes?: number;
  /** Thresholds that are in force while it is played, so that nobody waits for long. */
  readonly thresholds?: { readonly rule: string; readonly change: object };
}

const hoursADay = 24;
/** The same hours of the days before, which say what is usual: the last one, this one, and the next one. */
const usualHours = [1, 2, 3, 4].flatMap((days) => [-1, 0, 1].map((hour) => days * hoursADay - hour));

const noSuchMailbox: Failure = {
  severity: 'permanent',
  reason: 'bounce',
  code: 550,
  enhancedCode: '5.1.1',
  bounceType: 'hard',
  message: 'No such user',
};
const blocked: Failure = {
  severity: 'permanent',
  reason: 'espblock',
  code: 550,
  enhancedCode: '5.7.515',
  message: 'Access denied, sending domain does not meet the required authentication level',
};

/** What can go wrong for a sender. Beside the campaign: the model knows nothing of alerts. */
export const troubles = {
  'bad-list': {
    story: 'A campaign goes to a bought list: addresses that do not exist, and people who complain.',
    parts: [
      { count: 1200, kind: 'delivered', domain: 'yahoo.com' },
      { count: 80, kind: 'failed', domain: 'yahoo.com', failure: noSuchMailbox },
      { count: 8, kind: 'complained', domain: 'yahoo.com' },
    ],
    opens: ['complaints', 'hard-bounces'],
  },
  'blocked-provider': {
    story: 'A provider begins to refuse the sender.',
    parts: [
      { count: 100, kind: 'delivered', domain: 'outlook.com' },
      { count: 60, kind: 'failed', domain: 'outlook.com', failure: blocked },
    ],
    opens: ['sender-blocked'],
  },
  'changed-key': {
    story: 'The signing key was changed at Mailgun, and not here.',
    parts: [{ count: 30, kind: 'delivered', domain: 'yahoo.com', signing: 'wrong-key' }],
    opens: ['refused-signatures'],
  },
  outage: {
    story: 'Mailgun cannot reach the space: after days with mail nothing comes any more.',
    parts: usualHours.map((hoursAgo) => ({
      count: 80,
      kind: 'delivered' as const,
      domain: 'yahoo.com',
      hoursAgo,
    })),
    opens: ['no-events'],
    silentMinutes: 17,
    thresholds: { rule: 'no-events', change: { warn: 1, critical: null, minCount: 1 } },
  },
} as const satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof troubles;
export const troubleNames = [
  'bad-list',
  'blocked-provider',
  'changed-key',
  'outage',
] as const satisfies readonly TroubleName[];

/**
 * Plans what goes wrong. It happens under a tag of its own.
 * @param now seconds since 1970
 */
export function planTrouble(name: TroubleName, seed: number, now: number): Delivery[] {
  const trouble: Trouble = troubles[name];
  const tag = `${name}-${seed}`;
  const drafts = trouble.parts.flatMap((part) =>
    Array.from({ length: part.count }, (_, at) =>
      draftOf(part, `${tag}-${part.kind}${part.hoursAgo ?? ''}-${at}`, tag, now),
    ),
  );
  return drafts.map((draft, id) => ({ ...draft, id }));
}

function draftOf(
  { kind, domain, failure, signing, hoursAgo = 0 }: Part,
  id: string,
  tag: string,
  now: number,
): Draft {
  const event: SimulatedEvent = {
    kind,
    id,
    domain: 'mg.example.com',
    at: now - hoursAgo * 3600,
    recipient: `${id}@${domain}`,
    provider: 'Other',
    tags: [tag],
    messageId: `${id}@mg.example.com`,
    encoding: 'json',
    flags: {},
    shape: 7,
    ...(failure && { failure }),
  };
  const stamp: Stamp = { timestamp: Math.floor(now), token: `token-of-${id}`, signing: signing ?? 'genuine' };
  return signing === undefined
    ? { purpose: 'notice', event, stamp }
    : { purpose: 'forgery', event, stamp, expectedRefusal: 'invalid_signature' };
}
