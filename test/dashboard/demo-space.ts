import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillWithEvents } from '../../bench/scale/fill-space';
import { type Space, startSpace } from '../../local/space';
import { keyspace } from '../../src/store/connection';
import { planShop } from './plan-shop';

const people = 3000;
const dayMs = 86_400_000;

/** What the owner's own code complained about, as the dead letters of the pictures show it. */
const errors = [
  'onDelivered: the CRM answered 502 Bad Gateway',
  'onClicked: connect ETIMEDOUT 192.0.2.44:443',
  'onUnsubscribed: list "members" does not exist',
];

/** Requests that were refused, by reason; on each of the last days, today first. */
const refusals = {
  invalid_signature: [3, 0, 1, 0, 0, 26, 41, 12, 0, 0, 1, 0, 0, 2],
  timestamp_expired: [0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
  invalid_payload: [1, 1, 0, 4, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0],
};

/** Gives a space its share of trouble, in the places where the app would have noted it. */
async function addTrouble({ connection }: Space): Promise<void> {
  const given = await connection
    .getMany(
      'email_events',
      { event: { $in: ['delivered', 'clicked', 'unsubscribed'] } },
      {
        sort: { receivedAt: -1 },
        limit: 900,
      },
    )
    .toArray();
  for (const [index, event] of given.filter((_, place) => place % 130 === 40).entries()) {
    const lastError = errors.find((text) => text.toLowerCase().startsWith(`on${event.event}`)) ?? errors[0];
    await connection.updateOne('email_events', event._id, {
      $set: { state: 'dead', attempts: 8 + (index % 2), lastError, processedAt: null },
    });
  }
  for (const [reason, counts] of Object.entries(refusals)) {
    for (const [back, count] of counts.entries()) {
      const day = new Date(Date.now() - back * dayMs).toISOString().slice(0, 10);
      if (count > 0) await connection.incr(`refused:${reason}:${day}`, count, { keyspace });
    }
  }
}

/**
 * Starts a space that holds three months of a small shop's mail and some trouble. What stops it removes it.
 */
export async function startDemoSpace(): Promise<Space> {
  const directory = mkdtempSync(join(tmpdir(), 'demo-space-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    await fillWithEvents(directory, planShop(people, Date.now() / 1000));
    const space = await startSpace({
      directory,
      app: { kind: 'sources', entry: join(process.cwd(), 'index.js') },
      env: { MAILGUN_WEBHOOK_SIGNING_KEY: 'key-of-the-pictures' },
      log: () => {},
    });
    await addTrouble(space);
    return {
      ...space,
      stop: async (limit) => {
        await space.stop(limit);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
