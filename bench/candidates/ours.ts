import * as v from 'valibot';
import { askJson } from './ask';
import type { Candidate } from './candidate';
import { type ReadProcessed, startSpaceOf } from './local-space';

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

/** This app in the local space: from its sources, and compiled as it would be deployed. */
export function ours(
  calls: { readonly answer: number; readonly worker: number },
  bundles: OurBundles,
): readonly [fromSources: Candidate, fromBundle: Candidate] {
  return [
    {
      name: 'ours, sources',
      scale: 1,
      calls,
      start: (directory, part) => {
        const file = part === 'whole' ? 'index.js' : 'bench/candidates/answers-only.ts';
        return startSpaceOf({ kind: 'sources', file }, directory, processedByUs);
      },
    },
    {
      name: 'ours, bundle',
      scale: 1,
      calls,
      start: (directory, part) =>
        startSpaceOf({ kind: 'bundle', file: bundles[part] }, directory, processedByUs),
    },
  ];
}
