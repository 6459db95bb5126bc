import { resolve } from 'node:path';
import * as v from 'valibot';
import type { Durability } from '../../local/storage';
import { askJson } from './ask';
import type { Candidate, RunningCandidate } from './candidate';
import { startChild } from './child';
import { processedAnswer } from './limit';

/** An app that a local space runs: from its sources, or compiled. */
export interface AppFile {
  readonly kind: 'sources' | 'bundle';
  readonly file: string;
}

/** An app in a local space. */
export interface RunningSpace extends RunningCandidate {
  readonly url: string;
  readonly apiKey: string;
}

const ready = v.object({ url: v.string(), apiKey: v.string() });

/** How many events an app has processed, as it tells a reader. */
export type ReadProcessed = (url: string, headers: Readonly<Record<string, string>>) => Promise<number>;

/** How a local space runs: by default as `npm start` does. */
export interface SpaceSettings {
  readonly platform?: 'documented' | 'usual';
  readonly durability?: Durability;
}

/** Runs an app in a local space of its own. */
export async function startSpaceOf(
  { kind, file }: AppFile,
  directory: string,
  readProcessed: ReadProcessed,
  { platform = 'usual', durability = 'disk' }: SpaceSettings = {},
): Promise<RunningSpace> {
  const args = [
    '--import',
    'tsx',
    'bench/candidates/space-child.ts',
    directory,
    kind,
    resolve(file),
    platform,
    durability,
  ];
  const child = startChild(process.execPath, args, {}, true);
  const { url, apiKey } = v.parse(ready, await child.ready);
  return {
    url,
    apiKey,
    webhook: `${url}/mailgun/events`,
    pids: [child.pid],
    directory,
    processed: () => readProcessed(url, { 'x-apikey': apiKey }),
    stop: () => child.stop(),
  };
}

/** Asks a route of the bench for the number of events. */
export const countedByRoute: ReadProcessed = async (url, headers) =>
  v.parse(processedAnswer, await askJson(`${url}/processed`, headers)).processed;

const folder = 'bench/candidates/published-example';

/**
 * The published example's variants, on the same local space as ours; but they take it for granted that the platform
 * answers as documented, and fail on every bounce of an unknown address where it does not.
 */
export const publishedExample: readonly Candidate[] = [
  {
    name: 'example: queue',
    scale: 1,
    durability: 'disk',
    start: (directory, part) => {
      const file = `${folder}/${part === 'whole' ? 'queue.js' : 'queue-answers.js'}`;
      return startSpaceOf({ kind: 'sources', file }, directory, countedByRoute, { platform: 'documented' });
    },
  },
  {
    name: 'example: campaign',
    scale: 1,
    durability: 'disk',
    start: (directory) =>
      startSpaceOf({ kind: 'sources', file: `${folder}/campaign.js` }, directory, countedByRoute, {
        platform: 'documented',
      }),
  },
];
