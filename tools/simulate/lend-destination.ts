import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import type { SpaceClient } from '../space-client';
import type { DestinationManner } from './plan/trouble';

/** Longer than the space waits for an answer. */
const slowSeconds = 8;
/** Behind its first attempt a notice is tried again after some seconds. */
const maxWaitSeconds = 60;

const stored = v.object({ id: v.string() });
const deliveries = v.object({
  items: v.array(
    v.object({
      title: v.string(),
      state: v.picklist(['waiting', 'delivered', 'dead']),
      attempts: v.number(),
      lastError: v.nullable(v.string()),
    }),
  ),
});

export interface LentDestination {
  /** Prints what arrived here, and what the space made of it. @returns whether it ended as it must */
  tell(signal: AbortSignal): Promise<boolean>;
  /** Takes the destination back, so that the space is told of nothing here any more. */
  giveBack(): Promise<void>;
}

/**
 * Adds a destination of alerts that misbehaves: a server of this process, which the space must be able to reach.
 * `slow` lets the first request wait for too long, and answers at once from then on; `dead` is gone for good.
 * @throws CannotRun when the space refuses, as it does where destinations may not be private
 */
export async function lendDestination(
  client: SpaceClient,
  manner: DestinationManner,
  rules: readonly string[],
): Promise<LentDestination> {
  const arrived: number[] = [];
  const answer = (response: ServerResponse) => response.writeHead(manner === 'dead' ? 410 : 200).end();
  const server = createServer((request, response) => {
    request.resume();
    arrived.push(Date.now());
    console.log(`  Request ${arrived.length} came to the destination.`);
    if (manner === 'slow' && arrived.length === 1)
      setTimeout(() => answer(response), slowSeconds * 1000).unref();
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  const { port } = v.parse(v.object({ port: v.number() }), server.address());
  const body = {
    name: `A ${manner} destination of the simulator`,
    kind: 'slack',
    url: `http://127.0.0.1:${port}/`,
    filter: { kinds: ['alert'], rules },
  };
  const { id } = await client.ask(stored, 'POST', 'destinations', body).catch((error: unknown) => {
    stop();
    throw error;
  });
  const wanted = manner === 'slow' ? 'delivered' : 'dead';
  return {
    async tell(signal) {
      for (let waited = 0; waited < maxWaitSeconds; waited += 1) {
        const { items } = await client.ask(deliveries, 'GET', `destinations/${id}/deliveries`);
        if (items.length > 0 && items.every(({ state }) => state !== 'waiting')) {
          for (const { title, state, attempts, lastError } of items)
            console.log(
              `  ${title}: ${state}, attempts: ${attempts}${lastError === null ? '' : `, ${lastError}`}`,
            );
          return items.every(({ state }) => state === wanted);
        }
        await pause(1000, undefined, { signal });
      }
      console.log(
        arrived.length === 0
          ? 'Nothing came to the destination: an alert that was open before is told only once. Play it in a new space.'
          : `The notice was not ${wanted} within ${maxWaitSeconds} seconds, after ${arrived.length} requests.`,
      );
      return false;
    },
    async giveBack() {
      stop();
      await client.ask(v.object({}), 'DELETE', `destinations/${id}`);
    },
  };
}
