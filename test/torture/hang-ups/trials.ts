import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { type Space, startSpace } from '../../../local/space';
import { encodeDelivery } from '../../../tools/simulate/encode/encode-delivery';
import { createRandom, type Random } from '../../../tools/simulate/plan/random';
import { type Result, Tally } from '../report';
import { type QuietConsole, quietConsole } from '../virtual-space/console';
import { eventOf, jsonSamples } from '../virtual-space/events';
import { interceptConnection } from '../virtual-space/intercept';
import { signingKey } from '../virtual-space/virtual-space';

/** Every call that a request makes of its storage. */
const calls = [
  ['updateOne', 'webhook_tokens'],
  ['findOneOrNull', 'email_events'],
  ['insertOne', 'email_events'],
  ['enqueue', 'processMailgunEvent'],
] as const;

/** Senders of the same event, and events. */
const [senders, events] = [4, 3];
/** How long the space has to find that a sender is gone, and to answer the others, in milliseconds. */
const [noticeMs, answerMs] = [150, 10_000];

const acknowledged = v.object({ received: v.literal(true) });

/** Holds calls of one kind until it is opened. */
class Gate {
  #kind: (typeof calls)[number] | undefined;
  #held: (() => void)[] = [];

  close(kind: (typeof calls)[number]): void {
    this.#kind = kind;
  }

  get held(): number {
    return this.#held.length;
  }

  open(): void {
    this.#kind = undefined;
    for (const go of this.#held.splice(0)) go();
  }

  async pass(operation: string, on: string): Promise<void> {
    if (this.#kind?.[0] === operation && this.#kind[1] === on)
      await new Promise<void>((resolve) => this.#held.push(resolve));
  }
}

interface Sending {
  readonly hangUp: AbortController;
  readonly answer: Promise<string | null>;
}

async function send(space: Space, id: string, token: string): Promise<Sending> {
  const sample = jsonSamples.get('delivered');
  if (sample === undefined) throw new Error('There is no such sample.');
  const at = Math.floor(Date.now() / 1000);
  const stamp = { timestamp: at, token, signing: 'genuine' } as const;
  const { contentType, body } = await encodeDelivery(
    { id: 0, purpose: 'notice', event: eventOf(sample, id, at), stamp },
    signingKey,
  );
  const hangUp = new AbortController();
  const request = fetch(`${space.url}/mailgun/events`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: new Uint8Array(body),
    signal: AbortSignal.any([hangUp.signal, AbortSignal.timeout(answerMs)]),
  });
  const answer = request.then(
    (response) => response.text(),
    () => null,
  );
  return { hangUp, answer };
}

async function tryOne(space: Space, gate: Gate, kind: (typeof calls)[number], random: Random, name: string) {
  gate.close(kind);
  const sendings: (Sending & { event: number })[] = [];
  for (let event = 0; event < events; event += 1)
    for (let sender = 0; sender < senders; sender += 1)
      sendings.push({ event, ...(await send(space, `${name}-${event}`, `${name}-${event}-${sender}`)) });
  for (let waited = 0; gate.held < sendings.length && waited < 40; waited += 1) await pause(25);
  const held = gate.held;
  // The first of each event in any case: the others would share what it has asked for.
  const gone = sendings.filter((_, at) => at % senders === 0 || random.chance(0.3));
  for (const { hangUp } of gone) hangUp.abort();
  await pause(noticeMs);
  gate.open();
  const left = sendings.filter((sending) => !gone.includes(sending));
  const answers = await Promise.all(left.map(({ answer }) => answer));
  // An event that nobody was answered may not be there: it is sent once more, as Mailgun does.
  for (let event = 0; event < events; event += 1) {
    if (left.some((sending) => sending.event === event)) continue;
    const retry = await send(space, `${name}-${event}`, `${name}-${event}-0`);
    answers.push(await retry.answer);
  }
  const problems = answers
    .filter((text) => text === null || !v.is(acknowledged, JSON.parse(text)))
    .map((text) => `a sender that has waited was answered ${text ?? 'nothing'}`);
  return held === 0 ? [...problems, 'no call was held'] : problems;
}

async function drain(space: Space): Promise<void> {
  await space.runJobs();
  const pending = { state: { $exists: false } };
  for (let round = 0; (await space.connection.count('email_events', pending)) > 0 && round < 400; round += 1)
    await pause(25);
  await space.runJobs();
}

/**
 * Several requests at the same moment, of which some senders hang up while a call of theirs is under way: the platform
 * ends those, and no other may wait for what they have asked for.
 */
export async function tryHangUps(bundleFile: string, seed: number, rounds: number): Promise<Result> {
  const tally = new Tally('senders that hang up');
  const log: QuietConsole = quietConsole();
  const directory = mkdtempSync(join(tmpdir(), 'torture-space-'));
  const gate = new Gate();
  const random = createRandom(seed);
  const space = await startSpace({
    directory,
    app: { kind: 'bundle', file: bundleFile },
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
    switches: { clientGone: 'ends' },
    log: ({ text }) => log.add(text),
    wrapConnection: (connection) =>
      interceptConnection(connection, async ({ operation, on }, run) => {
        await gate.pass(operation, on);
        return run();
      }),
  });
  try {
    let told = 0;
    for (let round = 0; round < rounds; round += 1)
      for (const kind of calls) {
        const name = `${round}-${kind[0]}`;
        told += events;
        tally.add(`${kind.join(' ')}, round ${round}`, await tryOne(space, gate, kind, random, name));
      }
    await drain(space);
    const stored = await space.connection.count('email_events');
    tally.add('every event once', stored === told ? [] : [`${stored} events are stored, not ${told}`]);
    const all = await space.connection.findOneOrNull('campaign_stats', 'all');
    tally.add(
      'every event counted once',
      all?.delivered === told ? [] : [`${String(all?.delivered)} are counted, not ${told}`],
    );
    tally.add('the log', log.violations([signingKey]));
  } finally {
    await space.stop(1000);
    log.restore();
    rmSync(directory, { recursive: true, force: true });
  }
  return tally.result();
}
