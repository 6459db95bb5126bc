import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Checks } from './checks';
import { jsonBody, jsonEvent, legacyFields, sign, tag } from './events';
import { poll } from './poll';
import { findStatus } from './space/find-status';
import type { SpaceClient } from './space/space-client';

const json = 'application/json';

const story = v.object({
  items: v.array(
    v.object({
      event: v.string(),
      state: v.nullish(v.string()),
      format: v.string(),
      signingKey: v.nullish(v.number()),
    }),
  ),
});

/** What is counted of our events: one of each, however often they were sent. */
const counted = ['delivered', 'opens', 'uniqueOpens', 'permanentFailures', 'complaints'] as const;
const counters = v.object(v.entriesFromList(counted, v.optional(v.number(), 0)));
type Counters = v.InferOutput<typeof counters>;

/** How the verification of a space is done. */
export interface VerifySettings {
  readonly space: SpaceClient;
  readonly checks: Checks;
  readonly signingKey: string;
  /** The domain that the events say they are of: the key must be allowed to sign for it. */
  readonly sendingDomain: string;
  /** Seconds to wait for effects. */
  readonly wait: number;
}

/** What was measured beside the checks. */
export interface Measured {
  /** From the last acknowledgement until everything could be read; null when it never could. */
  readonly visibleAfter: number | null;
  /** What stays behind, as a sentence. */
  readonly traces: string;
  /** What a monitor has to ask, as a sentence. */
  readonly advice: string;
}

async function campaign(space: SpaceClient): Promise<Counters> {
  const { body } = await space.ask(`/api/campaigns/${tag}`, { authorised: true });
  const parsed = v.safeParse(counters, body);
  return parsed.success ? parsed.output : v.parse(counters, {});
}

/** Sends what Mailgun and what a forger would send. @returns how much of what is genuine was stored */
async function send(
  { space, checks, signingKey, sendingDomain }: VerifySettings,
  recipient: string,
): Promise<'all' | 'some' | 'none'> {
  const now = Date.now() / 1000;
  const signature = sign(signingKey, now);
  const delivered = jsonEvent('delivered', recipient, now, sendingDomain);
  const stored = [
    checks.answer('a signed event (JSON)', await space.deliver(jsonBody(signature, delivered), json), null),
  ];
  const again = await space.deliver(jsonBody(signature, delivered), json);
  checks.answer('the same once more: known', again, null);
  if (again.body.duplicate !== true)
    checks.add('  answered as a duplicate', false, JSON.stringify(again.body));
  const failure = {
    severity: 'permanent',
    reason: 'bounce',
    'delivery-status': {
      code: 550,
      'enhanced-code': '5.1.1',
      message: 'No such user',
      'bounce-type': 'hard',
    },
  };
  const bounce = jsonEvent('failed', recipient, now, sendingDomain, failure);
  stored.push(
    checks.answer(
      'a hard bounce (JSON)',
      await space.deliver(jsonBody(sign(signingKey, now), bounce), json),
      null,
    ),
  );
  const form = new URLSearchParams();
  for (const [name, value] of legacyFields('opened', recipient, sendingDomain, sign(signingKey, now)))
    form.append(name, value);
  stored.push(checks.answer('an open (legacy form)', await space.deliver(form), null));
  const multipart = new FormData();
  for (const [name, value] of legacyFields('complained', recipient, sendingDomain, sign(signingKey, now))) {
    multipart.append(name, value);
  }
  stored.push(checks.answer('a complaint (legacy multipart form)', await space.deliver(multipart), null));

  const forged = jsonEvent('delivered', recipient, now, sendingDomain);
  const attempts: [what: string, signature: unknown, error: string][] = [
    ['no signature: refused', undefined, 'invalid_signature'],
    ['signed with another key: refused', sign(`${signingKey}-forged`, now), 'invalid_signature'],
    ['signed in 1973: refused', sign(signingKey, 100_000_000), 'timestamp_expired'],
    ['signed tomorrow: put off', sign(signingKey, now + 86_400), 'unavailable'],
    ['a used token with other content: refused', signature, 'replay_attack'],
  ];
  for (const [what, stolen, error] of attempts) {
    checks.answer(what, await space.deliver(jsonBody(stolen, forged), json), error);
  }
  if (stored.every(Boolean)) return 'all';
  return stored.some(Boolean) ? 'some' : 'none';
}

/** Looks at what became of the events. @returns seconds until everything could be read, null when not in time */
async function look(
  { space, checks, wait }: VerifySettings,
  recipient: string,
  before: Counters,
): Promise<number | null> {
  const address = encodeURIComponent(recipient);
  const acknowledged = performance.now();
  const until = acknowledged + wait * 1000;

  let events: v.InferOutput<typeof story>['items'] = [];
  const done = await poll(async () => {
    const { body } = await space.ask(`/api/events?recipient=${address}`, { authorised: true });
    const parsed = v.safeParse(story, body);
    events = parsed.success ? parsed.output.items : [];
    return events.length >= 4 && events.every(({ state }) => state === 'done') ? events : null;
  }, until);
  const types = events.map(({ event }) => event).sort();
  checks.add(
    'the log holds four events, each once',
    done !== null && types.join() === 'complained,delivered,failed,opened',
    types.join(', ') || 'none',
  );
  const keys = [...new Set(events.map(({ signingKey }) => signingKey ?? 'unknown'))];
  checks.add(
    'each tells which key verified it',
    keys.length === 1 && keys[0] !== 'unknown',
    `key ${keys.join(', ')}`,
  );

  let rise: Counters = before;
  const risen = await poll(async () => {
    const now = await campaign(space);
    rise = v.parse(counters, Object.fromEntries(counted.map((name) => [name, now[name] - before[name]])));
    return counted.every((name) => rise[name] >= 1) ? rise : null;
  }, until);
  const visibleAfter = (performance.now() - acknowledged) / 1000;
  checks.add(
    'statistics rose by one each',
    counted.every((name) => rise[name] === 1),
    counted.map((name) => `${name} +${rise[name]}`).join(', '),
  );

  const person = await space.ask(`/api/subscribers/${address}`, { authorised: true });
  checks.add(
    'the address complained',
    person.body.status === 'complained',
    String(person.body.status ?? person.status),
  );
  const suppression = await space.ask(`/api/suppressions/${address}`, { authorised: true });
  checks.add(
    'it must not be written to',
    suppression.body.suppressed === true,
    `suppressed ${String(suppression.body.suppressed ?? suppression.status)}`,
  );
  return done !== null && risen !== null ? visibleAfter : null;
}

/** Erases the address. @returns what stays behind */
async function clean({ space, checks }: VerifySettings, recipient: string): Promise<string> {
  const address = encodeURIComponent(recipient);
  const erased = await space.ask(`/api/subscribers/${address}`, { method: 'DELETE', authorised: true });
  const left = await space.ask(`/api/events?recipient=${address}`, { authorised: true });
  const gone = await space.ask(`/api/subscribers/${address}`, { authorised: true });
  const items = v.safeParse(v.object({ items: v.array(v.unknown()) }), left.body);
  const count = items.success ? items.output.items.length : null;
  const ok = checks.add(
    'the address is erased',
    erased.body.erased === true && gone.status === 404 && count === 0,
    `${String(erased.body.events ?? erased.status)} events erased`,
  );
  return ok
    ? `The address is gone. Four events without a person, and their numbers in the tag "${tag}" and in all mail, stay.`
    : `${recipient} was not erased: erase it by DELETE /api/subscribers/${address}.`;
}

/** Proves that a space takes in, refuses, counts and erases as it should. @throws CannotRun */
export async function verifyApp(settings: VerifySettings): Promise<Measured> {
  const { space, checks } = settings;
  const recipient = `verify-${randomBytes(6).toString('hex')}@verify.invalid`;
  const { ok, found, advice } = await findStatus(space);
  checks.add('status', ok, found);
  const open = await space.ask('/api/summary');
  checks.add(
    'the API is shut without a key',
    open.status === 401 || open.status === 403,
    String(open.status),
  );
  const summary = await space.ask('/api/summary', { authorised: true });
  if (!checks.add('the API opens with the key', summary.status === 200, String(summary.status))) {
    return { visibleAfter: null, advice, traces: 'Nothing was sent, because nothing could be looked at.' };
  }
  const before = await campaign(space);
  const stored = await send(settings, recipient);
  if (stored === 'none')
    return { visibleAfter: null, advice, traces: 'Nothing was stored, so that nothing stays.' };
  const visibleAfter = stored === 'all' ? await look(settings, recipient, before) : null;
  return { visibleAfter, advice, traces: await clean(settings, recipient) };
}
