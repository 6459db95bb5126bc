import { encodeDelivery } from '../../../tools/simulate';
import { type Notice, planNotices } from '../notices';
import { post, type Reply } from '../post';
import { signingKey } from '../space-process';

/** How long Mailgun may wait for an answer, in milliseconds. */
const timeoutMs = 15_000;

/** Sends genuine webhooks, each with a token of its own and over a connection of its own, and counts the answers. */
export class GenuineSender {
  sent = 0;
  /** Answers by their status, or `no answer`. */
  readonly replies = new Map<Reply, number>();
  readonly #url: string;
  readonly #notice: Notice;

  private constructor(url: string, notice: Notice) {
    this.#url = url;
    this.#notice = notice;
  }

  /** @param url where the webhook is */
  static async of(url: string, seed: number): Promise<GenuineSender> {
    const [notice] = await planNotices({ seed, recipients: 20, now: Date.now() / 1000, plain: true });
    if (notice === undefined) throw new Error('There is nothing to send.');
    return new GenuineSender(url, notice);
  }

  get answered(): number {
    return this.replies.get(200) ?? 0;
  }

  async send(): Promise<Reply> {
    this.sent += 1;
    const stamp = {
      timestamp: Math.floor(Date.now() / 1000),
      token: `genuine-${this.sent}`,
      signing: 'genuine',
    } as const;
    const delivery = { id: 0, purpose: 'notice', event: this.#notice.event, stamp } as const;
    const reply = await post(this.#url, await encodeDelivery(delivery, signingKey), timeoutMs);
    this.replies.set(reply, (this.replies.get(reply) ?? 0) + 1);
    return reply;
  }
}
