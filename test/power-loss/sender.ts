import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { type EncodedBody, encodeDelivery } from '../../tools/simulate';
import { deliveryOf, type Notice, tokenFor } from '../torture-process/notices';
import { apiKey, signingKey } from '../torture-process/space-process';
import { Admin } from './admin';
import { signedLargeEvent } from './large-event';
import type { Promised } from './promised';

const connections = 12;
const received = v.object({ id: v.string() });

/** What became of one request. */
export interface Reply {
  /** By `performance.now()`. */
  readonly begun: number;
  readonly ended: number;
  /** Null when the connection was lost. */
  readonly status: number | null;
  readonly text: string;
}

/** Everybody who writes to a space, and remembers what was answered. */
export class Sender {
  /** Where the space is; may change while requests wait to be sent again. */
  url = '';
  readonly replies: Reply[] = [];
  readonly #promised = new Map<string, Promised>();
  #isOver = false;

  /** What was answered so far. */
  get promised(): readonly Promised[] {
    return [...this.#promised.values()];
  }

  /** Tells of events, several at a time, each until it is answered 200: through deaths of the space, too. */
  async tellAll(notices: readonly Notice[]): Promise<void> {
    const waiting = [...notices];
    const lane = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const delivery = deliveryOf(next, Math.floor(Date.now() / 1000), tokenFor(next));
        await this.#tell(await encodeDelivery(delivery, signingKey), next);
      }
    };
    await Promise.all(Array.from({ length: connections }, lane));
  }

  /** Sends nothing again from now on. */
  giveUp(): void {
    this.#isOver = true;
  }

  /** Tells of an event that is as large as an event may be. */
  tellLarge(number: number): Promise<void> {
    return this.#tell(signedLargeEvent(number), null);
  }

  /** Imports over a thousand documents, changes all of them at once, sets a key that expires, and a variable. */
  async importAndUpdate(number: number): Promise<void> {
    const admin = new Admin(this.url);
    const group = `group-${number}`;
    // Counts tell the answers from each other, so that each occurs once.
    const count = 1101 + 2 * number;
    const item = (index: number) => ({ _id: `${group}-${index}`, group, value: 0 });
    await admin.restore(
      'imported',
      Array.from({ length: count }, (_, index) => item(index)),
    );
    this.#promise(`"count":${count}}`, { kind: 'import', group, count });
    await admin.restore('imported', [item(count)]);
    await admin.update('imported', { group }, { $set: { value: 1 } });
    this.#promise(`"count":${count + 1}}`, { kind: 'update', group, count: count + 1 });
    const key = `key-${number}`;
    await admin.setKey(key, number, 3_600_000);
    this.#promise(`"key":"${key}"`, { kind: 'key', key });
    const variable = `VARIABLE_${number}`;
    await admin.setVariable(variable, String(number), false);
    this.#promise(`"key":"${variable}"`, { kind: 'variable', key: variable });
  }

  /** Erases a person; one for each sender. */
  async erase(address: string): Promise<void> {
    const answer = await fetch(`${this.url}/api/subscribers/${encodeURIComponent(address)}`, {
      method: 'DELETE',
      headers: { 'x-apikey': apiKey },
    });
    if (answer.status !== 200) throw new Error(`The erasure answers ${answer.status}.`);
    this.#promise('"erased":true', { kind: 'erasure', address });
  }

  async #tell(body: EncodedBody, notice: Notice | null): Promise<void> {
    while (!this.#isOver) {
      const { status, text } = await this.#post(body);
      if (status === 200) {
        const { id } = v.parse(received, JSON.parse(text));
        this.#promise(`"id":${JSON.stringify(id)}`, { kind: 'event', id, notice });
        return;
      }
      if (status !== null && status < 500) throw new Error(`An event is answered ${status}: ${text}`);
      await sleep(50);
    }
  }

  async #post({ contentType, body }: EncodedBody): Promise<Reply> {
    const begun = performance.now();
    const answer = await fetch(`${this.url}/mailgun/events`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      () => ({ status: null, text: '' }),
    );
    const reply = { begun, ended: performance.now(), ...answer };
    this.replies.push(reply);
    return reply;
  }

  #promise(mark: string, what: Promised['what']): void {
    this.#promised.set(mark, { mark, what });
  }
}
