/** The seeded generator mulberry32: the same mail in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The shop's sending domains; `.example` belongs to nobody. */
export const domains = { news: 'news.harborpine.example', orders: 'orders.harborpine.example' } as const;

/** Mail of one kind that the shop sends. */
interface Kind {
  tag: string;
  subject: string;
  from: keyof typeof domains;
  /** Pages behind its links. */
  links: readonly string[];
  open: number;
  click: number;
}

/** Mail that is sent all the time, with messages of an ordinary day. */
const running: readonly (Kind & { perDay: number })[] = [
  {
    tag: 'order-confirmation',
    subject: 'Your order is confirmed',
    from: 'orders',
    links: ['orders/view', 'help'],
    open: 0.62,
    click: 0.21,
    perDay: 150,
  },
  {
    tag: 'shipping-update',
    subject: 'Your coffee is on its way',
    from: 'orders',
    links: ['orders/track'],
    open: 0.71,
    click: 0.38,
    perDay: 130,
  },
  {
    tag: 'welcome-series',
    subject: 'Welcome to Harbor & Pine',
    from: 'news',
    links: ['start', 'beans', 'guides/pour-over'],
    open: 0.48,
    click: 0.14,
    perDay: 45,
  },
  {
    tag: 'password-reset',
    subject: 'Reset your password',
    from: 'orders',
    links: ['account/reset'],
    open: 0.66,
    click: 0.52,
    perDay: 20,
  },
  {
    tag: 'cart-reminder',
    subject: 'Still thinking it over?',
    from: 'news',
    links: ['cart'],
    open: 0.36,
    click: 0.09,
    perDay: 35,
  },
];

/** Mail that was sent at once to many, so many days ago. */
const campaigns: readonly (Kind & { daysAgo: number; share: number })[] = [
  ['black-friday-preview', 'Black Friday starts early for you', 1, 0.55, 0.29, 0.08],
  ['gift-guide', 'Gifts for people who like their coffee slow', 4, 0.5, 0.25, 0.06],
  ['digest-2026-47', 'This week at the roastery', 6, 0.35, 0.31, 0.05],
  ['restock-geisha', 'Back in stock: Panama Geisha', 9, 0.4, 0.34, 0.11],
  ['digest-2026-46', 'This week at the roastery', 13, 0.35, 0.3, 0.05],
  ['member-survey', 'Two minutes for better coffee?', 17, 0.45, 0.21, 0.07],
  ['digest-2026-45', 'This week at the roastery', 20, 0.34, 0.3, 0.04],
  ['winter-blend', 'The winter blend is here', 24, 0.5, 0.33, 0.09],
  ['digest-2026-44', 'This week at the roastery', 27, 0.34, 0.29, 0.05],
  ['grinder-sale', 'Grinders, 20 % off until Sunday', 33, 0.48, 0.27, 0.08],
  ['brew-class', 'Learn to brew with Inés', 41, 0.3, 0.35, 0.1],
  ['autumn-sale', 'The autumn sale has begun', 52, 0.52, 0.26, 0.07],
  ['new-site', 'We have a new home', 63, 0.5, 0.24, 0.05],
  ['summer-farewell', 'One last iced coffee', 76, 0.46, 0.26, 0.06],
].map(([tag, subject, daysAgo, share, open, click]) => ({
  tag: String(tag),
  subject: String(subject),
  from: 'news',
  links: [`${tag}`, 'beans', 'subscriptions'],
  daysAgo: Number(daysAgo),
  share: Number(share),
  open: Number(open),
  click: Number(click),
}));

const firstNames =
  'Ana Ben Carla Diego Elif Finn Grace Hugo Ines Jonas Kaya Lena Mateo Nora Omar Priya Rosa Sven Tess Yuki';
const lastNames =
  'Abe Berg Costa Diaz Evans Fischer Garcia Haas Ito Jensen Khan Lopez Meyer Novak Okafor Park Rossi Silva Tanaka Wolf';

/** Domains that belong to nobody, each with the provider whose mailboxes it uses and its share of people. */
const places = [
  { domain: 'lindgren.example', provider: 'Gmail', upTo: 0.44 },
  { domain: 'northmill.example', provider: 'Outlook', upTo: 0.69 },
  { domain: 'alder.example', provider: 'Yahoo', upTo: 0.82 },
  { domain: 'bluefern.example', provider: 'iCloud', upTo: 0.92 },
  { domain: 'kontor.example', provider: 'Other', upTo: 1 },
] as const;

const failures = [
  {
    reason: 'bounce',
    code: 550,
    enhanced: '5.1.1',
    message: '5.1.1 The email account that you tried to reach does not exist.',
  },
  {
    reason: 'suppress-bounce',
    code: 605,
    enhanced: '',
    message: 'Not delivering to previously bounced address',
  },
  {
    reason: 'bounce',
    code: 552,
    enhanced: '5.2.2',
    message: '5.2.2 The recipient’s inbox is out of storage space.',
  },
  { reason: 'bounce', code: 554, enhanced: '5.7.1', message: '5.7.1 Message rejected due to local policy' },
] as const;

const clients = [
  { name: 'Mobile Safari', os: 'iOS', device: 'mobile', city: 'Lisbon', country: 'PT' },
  { name: 'Chrome', os: 'Windows', device: 'desktop', city: 'Berlin', country: 'DE' },
  { name: 'Chrome Mobile', os: 'Android', device: 'mobile', city: 'Osaka', country: 'JP' },
  { name: 'Firefox', os: 'Linux', device: 'desktop', city: 'Austin', country: 'US' },
] as const;

const dayLength = 86_400;
const days = 90;

/** A moment of a day when people are awake more often than not, in seconds of it. */
function momentOfDay(random: () => number): number {
  return ((6 + 14 * ((random() + random()) / 2) + (random() < 0.15 ? 12 * random() : 0)) % 24) * 3600;
}

/**
 * `event-data` of all events of a small shop in three months: what it sends all the time and its campaigns.
 * Each message goes its way from accepted to whatever became of it.
 * @param people how many recipients there are
 * @param end seconds since 1970, after which nothing happens
 */
export function* planShop(people: number, end: number): Generator<object> {
  const random = randomNumbers(20_261_124);
  const [given, family] = [firstNames.split(' '), lastNames.split(' ')];
  let events = 0;
  let messages = 0;

  function person(number: number) {
    const chance = ((number * 7919) % 1000) / 1000;
    const { domain, provider } = places.find(({ upTo }) => chance < upTo) ?? places[0];
    const name = `${given[number % given.length]}.${family[Math.floor(number / given.length) % family.length]}`;
    const more =
      number < given.length * family.length ? '' : Math.floor(number / (given.length * family.length));
    return { address: `${name}${more}@${domain}`.toLowerCase(), provider, isGone: number % 83 === 7 };
  }

  function* story(kind: Kind, number: number, sentAt: number, batch: string | null): Generator<object> {
    const { address, provider, isGone } = person(number);
    const domain = domains[kind.from];
    messages += 1;
    const messageId = batch ?? `20261124.${messages.toString(16).padStart(6, '0')}@${domain}`;
    const tell = (event: string, at: number, fields: object): object[] => {
      if (at > end) return [];
      events += 1;
      return [
        {
          event,
          id: `shop-${events}`,
          timestamp: at,
          recipient: address,
          'recipient-domain': address.split('@')[1],
          'recipient-provider': provider,
          tags: [kind.tag],
          account: { id: '5f0f6c4ae4f4b2d2a4a5d7c1' },
          domain: { name: domain },
          'user-variables': { customer: `c-${10_000 + number}` },
          message: {
            headers: {
              to: address,
              from: `Harbor & Pine <hello@${domain}>`,
              subject: kind.subject,
              'message-id': messageId,
            },
          },
          ...fields,
        },
      ];
    };

    yield* tell('accepted', sentAt, { method: 'HTTP', envelope: { sender: `bounce@${domain}` } });
    let at = sentAt + 1 + random() * 6;
    const mxHost = `mx${1 + (number % 3)}.${address.split('@')[1]}`;
    if (random() < 0.02) {
      yield* tell('failed', at, {
        severity: 'temporary',
        reason: 'generic',
        'delivery-status': {
          code: 421,
          message: '4.7.0 Try again later, closing connection.',
          'attempt-no': 1,
          'mx-host': mxHost,
        },
      });
      at += 600 + random() * 1200;
    }
    if (isGone || random() < 0.004) {
      const failure = failures[isGone ? number % 2 : 2 + (number % 2)] ?? failures[0];
      yield* tell('failed', at, {
        severity: 'permanent',
        reason: failure.reason,
        'delivery-status': {
          code: failure.code,
          'enhanced-code': failure.enhanced,
          message: failure.message,
          'attempt-no': 1,
          'mx-host': mxHost,
        },
      });
      return;
    }
    yield* tell('delivered', at, {
      'delivery-status': { code: 250, message: 'OK', 'attempt-no': 1, 'mx-host': mxHost, tls: true },
    });
    const client = clients[Math.floor(random() * clients.length)] ?? clients[0];
    const seen = (bot: string | null) => ({
      ip: `192.0.2.${1 + (number % 250)}`,
      geolocation: { country: client.country, region: 'Unknown', city: client.city },
      'client-info': {
        'client-type': 'browser',
        'client-name': client.name,
        'client-os': client.os,
        'device-type': client.device,
        'user-agent': `Mozilla/5.0 (${client.os}) ${client.name}/128.0`,
        bot,
      },
    });
    if (provider === 'iCloud' && random() < 0.8) yield* tell('opened', at + 3 + random() * 20, seen('apple'));
    if (random() > kind.open) return;
    at += 40 + random() ** 3 * 2 * dayLength;
    yield* tell('opened', at, seen(null));
    if (random() < kind.click / kind.open) {
      const link = kind.links[Math.floor(random() * kind.links.length)] ?? '';
      yield* tell('clicked', at + 8 + random() * 60, {
        ...seen(null),
        url: `https://harborpine.example/${link}?utm_campaign=${kind.tag}`,
      });
    }
    if (kind.from === 'orders') return;
    const chance = random();
    if (chance < 0.013) yield* tell('unsubscribed', at + 30, seen(null));
    else if (chance < 0.0148) yield* tell('complained', at + 300, {});
  }

  const today = Math.floor(end / dayLength) * dayLength;
  for (let back = days; back >= 0; back -= 1) {
    const midnight = today - back * dayLength;
    const isWeekend = [0, 6].includes(new Date(midnight * 1000).getUTCDay());
    // Business grows over the months, and rests a little on weekends.
    const rhythm = (isWeekend ? 0.62 : 1) * (1.15 - back / 240) * (0.9 + random() * 0.2);
    for (const kind of running) {
      for (let n = 0; n < kind.perDay * rhythm; n += 1) {
        const sentAt = midnight + momentOfDay(random);
        const sent = story(kind, Math.floor(random() * people), sentAt, null);
        if (sentAt < end) yield* sent;
      }
    }
    for (const kind of campaigns) {
      if (kind.daysAgo !== back) continue;
      for (let number = 0; number < people; number += 1) {
        if (random() > kind.share) continue;
        const batch = `${kind.tag}.${Math.floor(number / 4)}@${domains.news}`;
        yield* story(kind, number, midnight + 8 * 3600 + random() * 2400, batch);
      }
    }
  }
  // The last minutes, so that the list of events begins now.
  for (let n = 0; n < 40; n += 1) {
    const kind = running[n % 2 === 0 ? 0 : n % running.length] ?? campaigns[0];
    if (kind !== undefined) yield* story(kind, Math.floor(random() * people), end - 2 - n * 14, null);
  }
}
