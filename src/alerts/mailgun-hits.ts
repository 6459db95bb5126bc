import { log, reasonOf } from '../log';
import { readThresholdHits } from '../mailgun/threshold-hits';
import { readMailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { type KnownHit, readMemory, remember } from './memory';

/** How often Mailgun is asked for the thresholds that were hit. */
const askMs = 15 * 60_000;
/** Hits that are kept. */
const maxHits = 50;

/**
 * The thresholds at Mailgun that are hit, as it said at most fifteen minutes ago. The moment is noted first, so that
 * a check that dies while it asks, or two at once, do not lead to a question every minute.
 * @returns null when Mailgun is not asked for want of a key
 */
export async function readHits(connection: Connection, now: number): Promise<readonly KnownHit[] | null> {
  const result = readMailgunSettings();
  if ('problem' in result || result.settings.apiKeys.length === 0) return null;
  const known = await readMemory(connection, 'hits');
  if (known.askedAt > now - askMs && known.askedAt <= now) return known.hits;
  await remember(connection, 'hits', () => ({ askedAt: now }));
  try {
    const hits = (await readThresholdHits(result.settings)).slice(0, maxHits);
    await remember(connection, 'hits', () => ({ hits }));
    return hits;
  } catch (error) {
    log.warn('thresholds at Mailgun not read, they are asked for again in 15 minutes', {
      error: reasonOf(error),
    });
    return known.hits;
  }
}
