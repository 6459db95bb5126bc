import { setTimeout as sleep } from 'node:timers/promises';
import type { Webhook, WebhookDelivery } from './mailgun';

/**
 * Tells a webhook of one event in real time, with Mailgun's pauses shortened.
 * @param delay real milliseconds before the first attempt
 * @param factor by how much the pauses are shortened
 */
export async function deliverInRealTime(
  delivery: WebhookDelivery,
  webhook: Webhook,
  delay: number,
  factor: number,
): Promise<void> {
  await sleep(delay);
  for (;;) {
    const pause = await delivery.attempt(webhook, Date.now());
    if (pause === null) return;
    await sleep(pause / factor);
  }
}
