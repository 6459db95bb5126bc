import { type Account, type RetrySignature, type Webhook, WebhookDelivery } from './mailgun';
import type { Notice } from './notices';

const minute = 60_000;

export interface MinuteByMinute {
  readonly notices: readonly Notice[];
  readonly retrySignature: RetrySignature;
  /** Minutes over which the first attempts are spread. */
  readonly spread: number;
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Sets the scene of a minute before its requests are sent; `passed` minutes after the beginning. */
  readonly before: (now: number, passed: number) => Promise<Webhook>;
  /** Happens while the requests of a minute are under way. */
  readonly during: (passed: number) => Promise<void>;
}

/**
 * Tells a webhook of events with the clock standing still while requests are under way, and leaping over the
 * minutes in which nothing is due. So eight hours of retries take no time, and a slow machine makes no
 * signature older than it would be at Mailgun.
 * @returns the accounts, and the time at the end
 */
export async function deliverInSteps(
  settings: MinuteByMinute,
): Promise<{ accounts: Account[]; ended: number }> {
  const { notices, retrySignature, spread, from } = settings;
  const deliveries = notices.map((notice) => new WebhookDelivery(notice, retrySignature));
  let waiting = deliveries.map((delivery, index) => ({
    delivery,
    due: from + (index * spread * minute) / Math.max(1, deliveries.length),
  }));
  let now = from;
  while (waiting.length > 0) {
    const earliest = waiting.reduce((least, { due }) => Math.min(least, due), Number.POSITIVE_INFINITY);
    now = Math.max(now, from + Math.floor((earliest - from) / minute) * minute);
    const passed = Math.round((now - from) / minute);
    const webhook = await settings.before(now, passed);
    const isDue = ({ due }: { due: number }) => due < now + minute;
    const batch = waiting.filter(isDue);
    waiting = waiting.filter((entry) => !isDue(entry));
    const sent = Promise.all(
      batch.map(async ({ delivery }) => ({ delivery, pause: await delivery.attempt(webhook, now) })),
    );
    const [results] = await Promise.all([sent, settings.during(passed)]);
    for (const { delivery, pause } of results)
      if (pause !== null) waiting.push({ delivery, due: now + pause });
    now += minute;
  }
  return { accounts: deliveries.map((delivery) => delivery.account()), ended: now };
}
