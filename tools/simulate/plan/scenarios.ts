import {
  blocks,
  bounces,
  copies,
  delayedBounces,
  expiries,
  type FailureExample,
  legacyFailures,
  listed,
  suppressions,
  temporaryFailures,
  unclear,
} from './failures';
import type { History } from './history';
import { createBystander } from './recipients';

/** What may become of a message, and how many of a hundred thousand messages fare so. */
export interface Scenario {
  readonly name: string;
  readonly weight: number;
  /** True when it must have happened within the last hours: legacy webhooks only. */
  readonly recent?: boolean;
  tell(history: History, seed: number): void;
}

const minute = 60;
const hour = 3600;
const day = 24 * hour;

const links = [
  'https://sender.example/offer?a=1&b=2',
  'https://sender.example/unlikely/$set',
  'javascript:alert(1)',
];

function deliver(history: History): void {
  history.add('accepted', 0);
  history.add('delivered', history.random.between(1, 30));
}

/** Some time up to now, more likely soon after the message arrived. */
function later(history: History): number {
  const available = history.now - history.sentAt - 40;
  return 35 + available * history.random.next() ** 3;
}

function open(history: History, times: number): void {
  const { random } = history;
  for (let time = 0; time < times; time++) {
    const bot = random.pick([undefined, null, '', 'no', 'none', 'unknown']);
    history.add('opened', later(history), bot === undefined ? {} : { bot });
  }
}

function click(history: History, times: number): void {
  for (let time = 0; time < times; time++) {
    history.add('clicked', later(history), { url: history.random.pick(links), bot: '' });
  }
}

/** One attempt after the other, further and further apart. Returns the seconds that went by. */
function tryInVain(history: History, attempts: number): number {
  let passed = 5;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const example = pickByWeight(history, temporaryFailures);
    const retrySeconds = 600 * 2 ** (attempt - 1);
    history.fail({ ...example, failure: { ...example.failure, attempt, retrySeconds } }, passed);
    passed += retrySeconds;
  }
  return passed;
}

function pickByWeight(history: History, examples: readonly FailureExample[]): FailureExample {
  const bag = examples.flatMap((example) => Array.from({ length: example.weight }, () => example));
  return history.random.pick(bag);
}

/** One story per example, so that none is left out; the weight is shared among them. */
function failureStories(
  kind: string,
  weight: number,
  examples: readonly FailureExample[],
  tell: (history: History, example: FailureExample, seed: number) => void,
  recent = false,
): Scenario[] {
  const sum = examples.reduce((total, example) => total + example.weight, 0);
  return examples.map((example) => ({
    name: `${kind}: ${example.name}`,
    weight: (weight * example.weight) / sum,
    recent,
    tell: (history, seed) => tell(history, example, seed),
  }));
}

function failAtOnce(history: History, example: FailureExample): void {
  history.add('accepted', 0);
  history.fail(example, history.random.between(1, 60));
}

/** Every story of a campaign. */
export const scenarios: readonly Scenario[] = [
  { name: 'delivered', weight: 36_000, tell: deliver },
  {
    name: 'opened once',
    weight: 17_000,
    tell(history) {
      deliver(history);
      open(history, 1);
    },
  },
  {
    name: 'opened again and again',
    weight: 9_000,
    tell(history) {
      deliver(history);
      open(history, history.random.integer(2, 6));
    },
  },
  {
    name: 'opened on several days',
    weight: 2_000,
    tell(history) {
      deliver(history);
      for (let days = 0; history.sentAt + days * day < history.now - hour; days++) {
        history.add('opened', days * day + hour / 2, { bot: null });
      }
    },
  },
  {
    name: 'opened and clicked',
    weight: 9_000,
    tell(history) {
      deliver(history);
      open(history, history.random.integer(1, 3));
      click(history, history.random.integer(1, 3));
    },
  },
  ...(['apple', 'gmail', 'generic'] as const).map((bot) => ({
    name: `opened by the bot ${bot}`,
    weight: 3_000,
    tell(history: History) {
      deliver(history);
      history.add('opened', history.random.between(31, 300), { bot });
    },
  })),
  {
    name: 'opened by a bot and by a person',
    weight: 3_000,
    tell(history) {
      deliver(history);
      history.add('opened', 31, { bot: 'apple' });
      open(history, 2);
    },
  },
  {
    name: 'links followed by a scanner',
    weight: 2_500,
    tell(history) {
      deliver(history);
      for (const url of links)
        history.add('clicked', history.random.between(31, 90), { url, bot: 'generic' });
    },
  },
  {
    name: 'delivered after temporary failures',
    weight: 4_000,
    tell(history) {
      history.add('accepted', 0);
      history.add('delivered', tryInVain(history, history.random.integer(1, 4)));
    },
  },
  ...failureStories('expired', 1_200, expiries, (history, example) => {
    history.add('accepted', 0);
    history.fail(example, tryInVain(history, history.random.integer(3, 6)));
  }),
  ...failureStories('temporary', 1_000, temporaryFailures, failAtOnce),
  ...failureStories('bounced', 2_000, bounces, failAtOnce),
  ...failureStories('suppressed', 900, suppressions, failAtOnce),
  ...failureStories('blocked', 800, blocks, failAtOnce),
  ...failureStories('listed', 400, listed, failAtOnce),
  ...failureStories('unclear', 800, unclear, failAtOnce),
  ...failureStories('delayed bounce', 400, delayedBounces, (history, example) => {
    deliver(history);
    // Mailgun's delayed bounces carry no tags.
    history.fail(example, history.random.between(hour, 5 * hour), { tags: [] });
  }),
  ...failureStories('copy', 500, copies, (history, example, seed) => {
    deliver(history);
    const forward = createBystander(seed, history.number, 'forward').address;
    const recipient = example.flags?.routed === true ? forward : history.person.address;
    history.fail(example, history.random.between(1, minute), { recipient });
  }),
  ...failureStories(
    'legacy',
    900,
    legacyFailures,
    (history, example) => {
      history.fail(example, history.random.between(1, minute));
    },
    true,
  ),
  {
    name: 'forwarded by a route',
    weight: 300,
    tell(history, seed) {
      deliver(history);
      const recipient = createBystander(seed, history.number, 'forward').address;
      history.add('accepted', 2, { recipient, flags: { routed: true } });
      history.add('delivered', 4, { recipient, flags: { routed: true } });
    },
  },
  {
    name: 'unsubscribed from everything',
    weight: 700,
    tell(history) {
      deliver(history);
      open(history, 1);
      history.add('unsubscribed', later(history), { tags: ['*'] });
    },
  },
  {
    name: 'unsubscribed from tags',
    weight: 300,
    tell(history) {
      deliver(history);
      history.add('unsubscribed', later(history));
    },
  },
  {
    name: 'unsubscribed from a list',
    weight: 200,
    tell(history) {
      deliver(history);
      history.add('unsubscribed', later(history), { tags: [], mailingList: 'friends@lists.sender.example' });
    },
  },
  {
    name: 'unsubscribed without a scope',
    weight: 200,
    tell(history) {
      deliver(history);
      history.add('unsubscribed', later(history), { tags: [] });
    },
  },
  {
    name: 'complained',
    weight: 400,
    tell(history) {
      deliver(history);
      history.add('complained', later(history));
    },
  },
  {
    name: 'complained, unsubscribed, bounced, delivered',
    weight: 150,
    tell(history) {
      deliver(history);
      history.add('complained', 2 * minute);
      history.add('unsubscribed', 4 * minute, { tags: ['*'] });
      history.fail(pickByWeight(history, bounces), 6 * minute);
      // An id of its own: a message is delivered to a person once, so a legacy form could not tell the two apart.
      history.add('delivered', 8 * minute, { id: history.createId() });
    },
  },
  {
    name: 'bounced, then unsubscribed twice',
    weight: 150,
    tell(history) {
      deliver(history);
      history.fail(pickByWeight(history, bounces), 2 * minute);
      history.add('unsubscribed', 4 * minute, { tags: [] });
      history.add('unsubscribed', 6 * minute, { tags: [], mailingList: 'friends@lists.sender.example' });
    },
  },
  {
    name: 'same id on two days',
    weight: 200,
    tell(history) {
      deliver(history);
      const id = history.createId();
      const untilMidnight = day - (history.sentAt % day);
      const wanted = history.sentAt + untilMidnight + minute;
      if (wanted > history.now - minute) return;
      history.add('opened', untilMidnight + minute, { id, bot: '' });
      history.add('opened', untilMidnight - minute, { id, bot: '' });
    },
  },
  {
    name: 'same id of two types and of two people',
    weight: 200,
    tell(history, seed) {
      const id = history.createId();
      history.add('accepted', 0, { id });
      history.add('delivered', 0, { id });
      const recipient = createBystander(seed, history.number, 'forward').address;
      history.add('accepted', 0, { id, recipient, flags: { routed: true } });
    },
  },
  {
    name: 'rejected at first',
    weight: 300,
    tell(history) {
      history.add('rejected', 0);
      history.add('accepted', 5 * minute);
      history.add('delivered', 6 * minute);
    },
  },
  {
    name: 'answered, and the answer stored',
    weight: 300,
    tell(history) {
      deliver(history);
      history.add('stored', 10 * minute, { recipient: undefined });
    },
  },
  {
    name: 'an event type of the future',
    weight: 200,
    tell(history) {
      deliver(history);
      history.add('newfangled', 10 * minute);
    },
  },
];
