import fc from 'fast-check';
import { type Result, Tally } from '../report';
import { signingKey } from '../virtual-space/virtual-space';
import { openAttackedSpace } from './attacked-space';
import { judge } from './contract';
import { hostileRequests } from './payloads';

const batch = 500;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/**
 * Mutated real payloads under genuine signatures: each gets an answer of the contract, each that was
 * acknowledged is stored, processed and counted, and nothing of it gets into a log line as more than text.
 */
export async function tryHostileBodies(bundleFile: string, seed: number, wanted: number): Promise<Result> {
  const tally = new Tally('mutated payloads');
  const attacked = await openAttackedSpace(bundleFile);
  try {
    const requests = hostileRequests(() => Math.floor(Date.now() / 1000));
    for (let sent = 0; sent < wanted; sent += batch) {
      const sample = fc.sample(requests, { numRuns: Math.min(batch, wanted - sent), seed: seed + sent });
      const keys = new Set<string>();
      await Promise.all(
        sample.map(async ({ contentType, body }, index) => {
          const verdict = judge(await attacked.client.post(body, contentType));
          if ('id' in verdict) keys.add(verdict.id);
          const problems = 'problem' in verdict ? [verdict.problem] : [];
          tally.add(`seed ${seed + sent}, number ${index}, ${contentType}`, problems);
        }),
      );
      const ids = [...keys];
      const stored = await attacked.space.connection.count('email_events', { _id: { $in: ids } });
      if (stored !== ids.length)
        tally.add(`seed ${seed + sent}`, [`${ids.length - stored} acknowledged events are lost`]);
      const leaks = attacked.log.violations([signingKey, uuid]);
      if (leaks.length > 0) tally.add(`seed ${seed + sent}, log`, leaks.slice(0, 5));
    }
    tally.add('statistics after all', await attacked.drain());
  } finally {
    await attacked.close();
  }
  return tally.result();
}
