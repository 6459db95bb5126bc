import * as v from 'valibot';
import type { MailgunSettings } from '../settings/settings';
import { accountsIn } from './account';
import { requestMailgun } from './request';

const text = v.fallback(v.optional(v.nullable(v.union([v.string(), v.number()])), null), null);

const hits = v.object({
  items: v.fallback(
    v.nullable(
      v.array(
        v.object({
          name: v.string(),
          triggered: v.fallback(v.optional(v.boolean(), true), true),
          metric: text,
          comparator: text,
          limit: text,
          latest_value: text,
          dimension: text,
          dimension_value: text,
        }),
      ),
    ),
    null,
  ),
});

/** A threshold that the owner has set at Mailgun and that is hit now. */
export interface ThresholdHit {
  name: string;
  /** What Mailgun says of it, in one line. */
  detail: string;
}

/**
 * The thresholds that are hit, of all accounts in the regions of the settings. An account whose plan has none, or whose
 * key may not read them, has no hits.
 * @throws MailgunProblem when Mailgun does not answer
 */
export async function readThresholdHits(settings: MailgunSettings): Promise<ThresholdHit[]> {
  const found: ThresholdHit[] = [];
  for (const account of settings.regions.flatMap((region) => accountsIn(settings, region))) {
    const { status, body } = await requestMailgun(account, 'GET', '/v1/thresholds/hits');
    const parsed = v.safeParse(hits, body);
    if (status !== 200 || !parsed.success) continue;
    for (const { name, triggered, ...hit } of parsed.output.items ?? []) {
      if (!triggered) continue;
      const { metric, comparator, limit, latest_value, dimension, dimension_value } = hit;
      const detail = [dimension, dimension_value, metric, latest_value, comparator, limit];
      found.push({ name, detail: detail.filter((part) => part !== null && part !== '').join(' ') });
    }
  }
  return found;
}
