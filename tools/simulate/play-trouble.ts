import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import type { FoundSpace } from '../find-space';
import { connectSpace, type SpaceClient } from '../space-client';
import { borrowThresholds } from './borrow-thresholds';
import { lendDestination } from './lend-destination';
import { planTrouble, type Trouble, type TroubleName, troubles } from './plan/trouble';
import { sendDeliveries } from './send/send-deliveries';

/** Alerts are looked for once a minute; a count may have to come first. */
const maxWaitSeconds = 150;
const everySeconds = 5;

const openAlerts = v.object({
  items: v.array(
    v.object({
      id: v.string(),
      rule: v.string(),
      title: v.string(),
      about: v.string(),
      level: v.string(),
      reads: v.string(),
    }),
  ),
});

/**
 * Lets something go wrong, and waits until the space has opened an alert about it. What was changed in the space for it is
 * given back at the end, also when the signal ends it early.
 * @returns whether the space has told of everything that it must
 */
export async function playTrouble(
  name: TroubleName,
  seed: number,
  space: Pick<FoundSpace, 'url' | 'apiKey'> & { signingKey: string },
  signal: AbortSignal,
): Promise<boolean> {
  const { story, opens, thresholds, destination }: Trouble = troubles[name];
  console.log(story);
  const client = connectSpace(space);
  const debts: (() => Promise<void> | void)[] = [client.close];
  try {
    if (thresholds !== undefined) debts.unshift(await borrowThresholds(client, thresholds));
    const lent = destination === undefined ? null : await lendDestination(client, destination, opens);
    if (lent !== null) debts.unshift(lent.giveBack);
    await sendDeliveries(planTrouble(name, seed, Date.now() / 1000), { ...space, signal });
    const isTold = await waitForAlerts(client, opens, signal);
    return isTold && (lent === null || (await lent.tell(signal)));
  } catch (error) {
    if (!signal.aborted) throw error;
    console.log('Interrupted: what was changed for the play is given back.');
    return false;
  } finally {
    for (const pay of debts) await pay();
  }
}

async function waitForAlerts(
  client: SpaceClient,
  opens: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  console.log('Waiting for the alerts, which are looked for once a minute ...');
  const told = new Set<string>();
  const missing = new Set<string>(opens);
  for (let waited = 0; missing.size > 0 && waited < maxWaitSeconds; waited += everySeconds) {
    await pause(everySeconds * 1000, undefined, { signal });
    const { items } = await client.ask(openAlerts, 'GET', 'alerts?limit=1000');
    for (const { id, rule, title, about, level, reads } of items) {
      if (told.has(id) || !opens.some((wanted) => wanted === rule)) continue;
      told.add(id);
      missing.delete(rule);
      console.log(`  ${level.toUpperCase()}: ${title}, ${about}: ${reads}`);
    }
  }
  if (missing.size > 0) console.log(`No alert came of: ${[...missing].join(', ')}.`);
  return missing.size === 0;
}
