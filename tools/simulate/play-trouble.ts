import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import type { FoundSpace } from '../find-space';
import { connectSpace, type SpaceClient } from '../space-client';
import { borrowThresholds } from './borrow-thresholds';
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
 * Lets something go wrong, and waits until the space has opened an alert about it.
 * @returns whether it has, about everything that it must
 */
export async function playTrouble(
  name: TroubleName,
  seed: number,
  space: FoundSpace & { signingKey: string },
): Promise<boolean> {
  const { story, opens, thresholds }: Trouble = troubles[name];
  console.log(story);
  const client = connectSpace(space);
  const giveBack = thresholds === undefined ? null : await borrowThresholds(client, thresholds);
  try {
    return await play(name, seed, space, client, opens);
  } finally {
    await giveBack?.();
    client.close();
  }
}

async function play(
  name: TroubleName,
  seed: number,
  space: FoundSpace & { signingKey: string },
  client: SpaceClient,
  opens: readonly string[],
): Promise<boolean> {
  await sendDeliveries(planTrouble(name, seed, Date.now() / 1000), space);
  console.log('Waiting for the alerts, which are looked for once a minute ...');
  const told = new Set<string>();
  const missing = new Set<string>(opens);
  for (let waited = 0; missing.size > 0 && waited < maxWaitSeconds; waited += everySeconds) {
    await pause(everySeconds * 1000);
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
