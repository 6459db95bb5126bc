import { auditDifferences } from './audit-differences';
import { shortlyBeforeTheSweep, writeClock } from './clock';
import { poll } from './poll';
import { type ProcessSettings, SpaceProcess } from './space-process';
import { readStoredFacts } from './stored-facts';

/** How an audit of our app came out. */
export interface Rest {
  /** Whether all stored events have had their effects. */
  readonly isDone: boolean;
  /** What the audit still finds, each a sentence. */
  readonly differences: readonly string[];
}

/**
 * Starts our app on what a campaign has left on disk, with a clock by which stuck events are due for the
 * sweep, and waits until every stored event is done and the audit finds nothing.
 * @param notBefore the time (ms since 1970) that the last space on this folder had
 * @param inspect called with the space at rest, before it is stopped
 */
export async function waitUntilIdle(
  settings: ProcessSettings & { clockFile: string },
  notBefore: number,
  limit: number,
  inspect: (url: string) => Promise<void> = async () => {},
): Promise<Rest> {
  writeClock(settings.clockFile, shortlyBeforeTheSweep(notBefore));
  const space = await SpaceProcess.serving(settings);
  try {
    const url = space.url ?? '';
    let differences: string[] = [];
    const isDone = await poll(async () => {
      // A count may have been asked for at a time that a clock has jumped over. The audit tells whether one is needed.
      const { pending } = await readStoredFacts(settings.directory);
      if (pending > 0) return false;
      differences = await auditDifferences(url);
      return differences.length === 0;
    }, limit);
    await inspect(url);
    return { isDone, differences };
  } finally {
    await space.stop();
  }
}

/** The same for another app: waits until no job is left. */
export async function finishJobs(settings: ProcessSettings, limit: number): Promise<void> {
  const space = await SpaceProcess.serving(settings);
  try {
    await poll(async () => (await readStoredFacts(settings.directory)).jobs === 0, limit);
  } finally {
    await space.stop();
  }
}
