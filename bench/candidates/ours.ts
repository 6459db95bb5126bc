import * as v from 'valibot';
import type { Durability } from '../../local/storage';
import { askJson } from './ask';
import type { Candidate } from './candidate';
import { type AppFile, type ReadProcessed, startSpaceOf } from './local-space';

const count = v.optional(v.number(), 0);
const summary = v.object({
  totals: v.object({
    delivered: count,
    opens: count,
    clicks: count,
    failures: count,
    unsubscribes: count,
    complaints: count,
  }),
  health: v.object({ pending: v.number() }),
});

/** What is counted, less what has not come to its end: both must be right when all effects are visible. */
export const processedByUs: ReadProcessed = async (url, headers) => {
  const { totals, health } = v.parse(summary, await askJson(`${url}/api/summary`, headers));
  const { delivered, opens, clicks, failures, unsubscribes, complaints } = totals;
  return delivered + opens + clicks + failures + unsubscribes + complaints - health.pending;
};

/** The bundles that the bench has compiled: of the app, and of the app without its workers and jobs. */
export interface OurBundles {
  readonly whole: string;
  readonly answers: string;
}

/** This app in the local space: from its sources or compiled as it would be deployed. */
export const ours = (kind: AppFile['kind'], durability: Durability, bundles: OurBundles): Candidate => ({
  name: `ours, ${kind}, ${durability}`,
  scale: 1,
  durability,
  start: (directory, part) => {
    const sources = part === 'whole' ? 'index.js' : 'bench/candidates/answers-only.ts';
    const file = kind === 'sources' ? sources : bundles[part];
    return startSpaceOf({ kind, file }, directory, processedByUs, { durability });
  },
});
