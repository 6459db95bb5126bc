import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillWithEvents } from '../../bench/scale/fill-space';
import { type Space, startSpace } from '../../local/space';
import { backfillDocuments, leaseId } from '../../src/backfill/documents';
import { maxHoldMs } from '../../src/backfill/lease';
import { idOfKey } from '../../src/store/ids';
import { keyspace } from '../../src/store/platform';
import { domains, planShop } from './plan-shop';

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

const kinds = ['delivered', 'clicked', 'delivered', 'unsubscribed', 'delivered', 'clicked'] as const;

/** Events that were given up: some of the last days, each with what the owner's own code said. */
async function addDeadLetters({ connection }: Space): Promise<void> {
  for (const [index, kind] of kinds.entries()) {
    const [event] = await connection
      .getMany(
        'email_events',
        { event: kind },
        { sort: { occurredAt: -1 }, offset: 9 + index * 37, limit: 1 },
      )
      .toArray();
    if (event === undefined) continue;
    const lastError = errors.find((text) => text.toLowerCase().startsWith(`on${kind}`)) ?? '';
    await connection.updateOne('email_events', event._id, {
      $set: { state: 'dead', attempts: 8, lastError, processedAt: null },
    });
  }
}

async function addRefusals({ connection }: Space): Promise<void> {
  for (const [reason, counts] of Object.entries(refusals)) {
    for (const [back, count] of counts.entries()) {
      const day = new Date(Date.now() - back * dayMs).toISOString().slice(0, 10);
      if (count > 0) await connection.incr(`refused:${reason}:${day}`, count, { keyspace });
    }
  }
}

/** How far Mailgun's record was compared. The lease is held, so that nobody asks Mailgun itself meanwhile. */
async function addBackfill({ connection }: Space): Promise<void> {
  const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
  const lastRunAt = new Date(minutesAgo(3)).toISOString();
  const heldUntil = Date.now() + maxHoldMs / 2;
  const lastError = 'Mailgun answers too slowly. The next run goes on where this one stopped.';
  await connection.insertOne(backfillDocuments.name, [
    ...(['events', 'numbers'] as const).map((name) => ({
      _id: idOfKey(leaseId(name), 'any'),
      kind: 'lease',
      holder: 'demo',
      heldUntil,
      lastRunAt,
      lastError: null,
    })),
    {
      _id: idOfKey(domains.news, 'any'),
      kind: 'cursor',
      checkedUntil: minutesAgo(33) / 1000,
      rest: null,
      lastRunAt,
      lastError: null,
    },
    {
      _id: idOfKey(domains.orders, 'any'),
      kind: 'cursor',
      checkedUntil: minutesAgo(640) / 1000,
      rest: null,
      lastRunAt,
      lastError,
    },
  ]);
}

/** Days on which webhooks got lost, with the hours in which they did. */
const outages: Readonly<Record<number, readonly [from: number, to: number]>> = {
  8: [9, 13],
  7: [0, 3],
  2: [15, 16],
};

/** Whether a webhook brought an event, or only the comparison with Mailgun's record. */
function cameBy({ occurredAt }: { occurredAt: string }): 'webhook' | 'backfill' {
  const today = Math.floor(Date.now() / dayMs);
  const outage = outages[today - Math.floor(Date.parse(occurredAt) / dayMs)];
  const hour = new Date(occurredAt).getUTCHours();
  return outage !== undefined && hour >= outage[0] && hour < outage[1] ? 'backfill' : 'webhook';
}

/**
 * Starts a space that holds three months of a small shop's mail and some trouble. What stops it removes it.
 */
export async function startDemoSpace(): Promise<Space> {
  const directory = mkdtempSync(join(tmpdir(), 'demo-space-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    await fillWithEvents(directory, planShop(people, Date.now() / 1000), cameBy);
    const space = await startSpace({
      directory,
      app: { kind: 'sources', entry: join(process.cwd(), 'index.js') },
      env: {
        MAILGUN_WEBHOOK_SIGNING_KEY: 'key-of-the-pictures',
        MAILGUN_API_KEY: 'api-key-of-the-pictures',
        // Nobody is there: the pictures ask nobody outside.
        MAILGUN_API_URL: 'http://127.0.0.1:9',
        MAILGUN_DOMAINS: Object.values(domains).join(),
      },
      log: () => {},
    });
    await addDeadLetters(space);
    await addRefusals(space);
    await addBackfill(space);
    // The check of the alerts.
    await space.runJobs('*/1 * * * *');
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
