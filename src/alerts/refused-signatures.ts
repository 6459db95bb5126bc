import { dayOf } from '../events/key';
import type { Connection } from '../store/connection';
import { refusalsFor } from '../webhook/refusals';
import { type RefusalSample, readMemory, remember } from './memory';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How far apart two samples are at least: a check a minute need not write each time. */
const sampleMs = 5 * minuteMs;
/** A sample of this age stands for an hour ago; cron may be a little early. */
const hourAgoMs = 55 * minuteMs;
/** How long samples are kept: on the free plan there is one an hour. */
const keptMs = 2 * hourMs + sampleMs;

function sampleOfHourAgo(samples: readonly RefusalSample[], now: number): RefusalSample | null {
  return samples.filter(({ at }) => at <= now - hourAgoMs).at(-1) ?? samples[0] ?? null;
}

/**
 * How many were refused since about an hour ago. Refusals are counted by the day only, so each check leaves a sample.
 * @param samples the oldest first
 * @returns null without a sample to compare with
 */
export function refusedSince(
  samples: readonly RefusalSample[],
  now: number,
  counts: { today: string; ofToday: number; ofYesterday: number },
): number | null {
  const then = sampleOfHourAgo(samples, now);
  if (then === null) return null;
  return then.day === counts.today
    ? Math.max(0, counts.ofToday - then.count)
    : counts.ofToday + Math.max(0, counts.ofYesterday - then.count);
}

/** How many requests of the last hour had a wrong signature; null before the second check. */
export async function readRefusedSignatures(connection: Connection, now: number): Promise<number | null> {
  const today = dayOf(new Date(now).toISOString());
  const yesterday = dayOf(new Date(now - 24 * hourMs).toISOString());
  const [ofToday, { samples }] = await Promise.all([
    refusalsFor(connection, 'invalid_signature', today),
    readMemory(connection, 'refusals'),
  ]);
  // Only in the first hour of a day does yesterday matter.
  const isSameDay = sampleOfHourAgo(samples, now)?.day === today;
  const ofYesterday = isSameDay ? 0 : await refusalsFor(connection, 'invalid_signature', yesterday);
  if ((samples.at(-1)?.at ?? 0) <= now - sampleMs)
    await remember(connection, 'refusals', (known) => {
      if ((known.samples.at(-1)?.at ?? 0) > now - sampleMs) return null;
      const kept = known.samples.filter(({ at }) => at > now - keptMs);
      return { samples: [...kept, { at: now, day: today, count: ofToday }] };
    });
  return refusedSince(samples, now, { today, ofToday, ofYesterday });
}
