import { randomBytes } from 'node:crypto';
import { encodeDelivery, type SimulatedEvent } from '../../tools/simulate';
import { post, type Reply } from './post';

const forgedEvent = (number: number, at: number): SimulatedEvent => ({
  kind: 'complained',
  id: `forged${number}`,
  domain: 'mg.sender.example',
  at: at + number / 1000,
  recipient: `victim${number}@forged.example`,
  provider: 'Other',
  tags: [],
  messageId: `forged-${number}@mg.sender.example`,
  encoding: 'json',
  flags: {},
  shape: number,
});

/**
 * Sends complaints that never were: without a signature, with one under a wrong key, and with a genuine one
 * that was caught on its way. Returns the replies.
 */
export async function sendForgeries(
  url: string,
  signingKey: string,
  now: number,
  caught: { timestamp: number; token: string },
): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let number = 0; number < 30; number += 1) {
    const [signing, stamp] = (
      [
        ['missing', { timestamp: now, token: randomBytes(25).toString('hex') }],
        ['wrong-key', { timestamp: now, token: randomBytes(25).toString('hex') }],
        ['genuine', caught],
      ] as const
    )[number % 3] ?? ['missing', caught];
    const event = forgedEvent(number, now);
    const body = await encodeDelivery(
      { id: 0, purpose: 'notice', event, stamp: { ...stamp, signing } },
      signingKey,
    );
    replies.push(await post(url, body, 10_000));
  }
  return replies;
}
