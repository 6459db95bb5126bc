import * as v from 'valibot';
import { log, reasonOf } from '../log';
import { Collection } from '../store/collection';
import type { Connection } from '../store/connection';

/** Sending domains that have series of their own; all others share one. */
export const maxDomains = 100;

/** What stands for the other domains. */
export const otherDomains = 'other';

const named = v.object({ domains: v.optional(v.array(v.string()), []) });

const metricDomains = new Collection<{ _id: string; domains: string[] }, v.InferOutput<typeof named>>(
  'metric_domains',
  (document) => v.parse(named, document),
);
const id = 'domains';

/**
 * Which of some domains have series of their own: those that came first, for good. A domain that left its place to a larger
 * one would take its numbers into the series of all others, and a counter must not fall.
 */
export async function labelledDomains(
  connection: Connection,
  domains: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = (await metricDomains.find(connection, id))?.domains ?? [];
  const room = maxDomains - known.length;
  const fresh = domains.filter((domain) => !known.includes(domain)).slice(0, Math.max(0, room));
  if (fresh.length === 0) return new Set(known.slice(0, maxDomains));
  try {
    // An ordered list to which every scrape only adds: the first ones stay the first when several add at once.
    for (const domain of fresh)
      await metricDomains.upsert(connection, id, { $addToSet: { domains: domain } });
    const after = (await metricDomains.find(connection, id))?.domains ?? [];
    return new Set(after.slice(0, maxDomains));
  } catch (error) {
    log.warn('domains of metrics not noted, the next scrape will', { error: reasonOf(error) });
    return new Set(known);
  }
}
