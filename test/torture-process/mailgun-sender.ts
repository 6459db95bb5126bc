import { randomBytes } from 'node:crypto';
import { encodeDelivery } from '../../tools/simulate';
import type { Clock } from './clock';
import { deliveryOf, type Notice } from './notices';
import { post, type Reply } from './post';
import { retrySchedules, type ScheduleName, scheduleNames } from './retry-schedules';

/** Whether a retry carries the signature of the first attempt: no source of Mailgun's says. */
export type RetrySignature = 'same' | 'fresh';

/** How the telling of one event ended. */
export interface Account {
  readonly notice: Notice;
  readonly schedule: ScheduleName;
  readonly replies: readonly Reply[];
  /** What the last attempt was signed with. */
  readonly stamp: { readonly timestamp: number; readonly token: string };
  /** 200; 406; or Mailgun has no attempt left. */
  readonly outcome: 'acknowledged' | 'refused' | 'given up';
}

export interface SenderSettings {
  readonly notices: readonly Notice[];
  readonly url: string;
  readonly signingKey: string;
  /** By which it waits and signs; a fast one compresses the schedules. */
  readonly clock: Clock;
  readonly retrySignature: RetrySignature;
  /** Real milliseconds over which the first attempts are spread. */
  readonly spread: number;
  /** Real milliseconds after which an answer comes too late. */
  readonly timeout: number;
  readonly onAttempt?: () => void;
}

const minute = 60_000;

/**
 * Tells a webhook of events as Mailgun does: 200 and 406 end it, all else and a lost connection are tried
 * again by the published schedules, in turn one per event, but `delivered` is never tried again.
 */
export function sendLikeMailgun(settings: SenderSettings): Promise<Account[]> {
  const { notices, spread, clock } = settings;
  const from = clock.now();
  const step = (spread * clock.setting.factor) / Math.max(1, notices.length);
  return Promise.all(
    notices.map(async (notice, index) => {
      await clock.until(from + index * step);
      return tell(notice, scheduleOf(notice), settings);
    }),
  );
}

function scheduleOf({ number }: Notice): ScheduleName {
  return scheduleNames[number % scheduleNames.length] ?? 'from 5 min';
}

const freshToken = () => randomBytes(25).toString('hex');

async function tell(notice: Notice, schedule: ScheduleName, settings: SenderSettings): Promise<Account> {
  const { clock, signingKey, timeout, url, retrySignature } = settings;
  const pauses = notice.event.kind === 'delivered' ? [] : [...retrySchedules[schedule]];
  const replies: Reply[] = [];
  const account = (outcome: Account['outcome']): Account => ({
    notice,
    schedule,
    replies,
    stamp,
    outcome,
  });
  let stamp = { timestamp: Math.floor(clock.now() / 1000), token: freshToken() };
  for (;;) {
    const delivery = deliveryOf(notice, stamp.timestamp, stamp.token);
    const reply = await post(url, await encodeDelivery(delivery, signingKey), timeout);
    replies.push(reply);
    settings.onAttempt?.();
    if (reply === 200) return account('acknowledged');
    if (reply === 406) return account('refused');
    const pause = pauses.shift();
    if (pause === undefined) return account('given up');
    await clock.until(clock.now() + pause * minute);
    if (retrySignature === 'fresh')
      stamp = { timestamp: Math.floor(clock.now() / 1000), token: freshToken() };
  }
}
