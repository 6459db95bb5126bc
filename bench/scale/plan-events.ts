/** The seeded generator mulberry32: the same events in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Size {
  events: number;
  subscribers: number;
  tags: number;
}

const days = 90;
const dayLength = 86_400;

/** Types of events, each with the share of all that it and those before it make. */
const shares: ReadonlyArray<readonly [type: string, upTo: number]> = [
  ['accepted', 0.4],
  ['delivered', 0.78],
  ['opened', 0.91],
  ['clicked', 0.95],
  ['failed', 0.99],
  ['unsubscribed', 0.998],
  ['complained', 1],
];

const domains = ['gmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'example.com'];

/** A time in an hour or two after a send for most events, in the days after it for the rest. */
function delay(chance: number): number {
  return chance < 0.8 ? (chance / 0.8) * 2 * 3600 : ((chance - 0.8) / 0.2) * 3 * dayLength;
}

/**
 * `event-data` of events as three months leave them: ten tags that run all the time, the others campaigns
 * that are sent on one day and fade over the next three.
 * @param end seconds since 1970 at which the last event may happen
 */
export function* planEvents({ events, subscribers, tags }: Size, end: number): Generator<object> {
  const random = randomNumbers(20_261_124);
  const start = end - days * dayLength;
  for (let n = 0; n < events; n += 1) {
    const tag = random() < 0.2 ? Math.floor(random() * 10) : 10 + Math.floor(random() * (tags - 10));
    const sentAt =
      tag < 10 ? start + random() * days * dayLength : start + (tag / tags) * (days - 4) * dayLength;
    const timestamp = Math.min(end, sentAt + (tag < 10 ? 0 : delay(random())));
    const chance = random();
    const event = shares.find(([, upTo]) => chance < upTo)?.[0] ?? 'delivered';
    const person = Math.floor(random() * subscribers);
    const recipient = `person${person}@${domains[person % domains.length]}`;
    const domain = tag % 3 === 0 ? 'news.example.com' : 'shop.example.com';
    yield {
      event,
      id: `scale-${n}`,
      timestamp,
      recipient,
      tags: [`campaign-${tag}`],
      account: { id: '5f0f6c4ae4f4b2d2a4a5d7c1' },
      domain: { name: domain },
      message: {
        headers: {
          to: recipient,
          from: `news@${domain}`,
          subject: `News number ${tag}`,
          'message-id': `${Math.floor(n / 5)}@mail.example.com`,
        },
      },
      'delivery-status': { code: 250, message: 'OK', 'attempt-no': 1, 'mx-host': 'mx.example.com' },
      ...(event === 'failed'
        ? {
            severity: random() < 0.6 ? 'temporary' : 'permanent',
            reason: random() < 0.5 ? 'bounce' : 'generic',
            'delivery-status': { code: 550, message: 'No such user', 'enhanced-code': '5.1.1' },
          }
        : {}),
      ...(event === 'clicked' ? { url: `https://example.com/offers/${Math.floor(random() * 40)}` } : {}),
      ...(event === 'opened' || event === 'clicked'
        ? {
            ip: '192.0.2.7',
            'client-info': { bot: random() < 0.3 ? 'apple' : null, 'client-name': 'Chrome' },
          }
        : {}),
    };
  }
}
