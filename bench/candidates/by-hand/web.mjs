import { createHmac, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import Database from 'libsql';

// The web process: checks the signature, claims the token, queues the event, answers. It parses nothing
// twice, sends the commands of one turn to Redis together, and keeps nothing of a job that is done.

const key = process.env.MAILGUN_WEBHOOK_SIGNING_KEY;
const port = Number(process.env.REDIS_PORT);
const tokenLifetime = 24 * 3600 * 1000;

const redis = new Redis({ port, host: '127.0.0.1', enableAutoPipelining: true, maxRetriesPerRequest: null });
const queue = new Queue('events', {
  connection: redis,
  defaultJobOptions: {
    attempts: 8,
    backoff: { type: 'exponential', delay: 1000 },
    removeOnComplete: true,
    removeOnFail: 10_000,
  },
});

function isSigned({ timestamp, token, signature }) {
  if (typeof timestamp !== 'string' || typeof token !== 'string' || typeof signature !== 'string')
    return false;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > tokenLifetime / 1000) return false;
  const expected = createHmac('sha256', key).update(timestamp).update(token).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');

app.post('/mailgun/events', express.json({ limit: '1mb' }), async (request, response) => {
  const { signature, 'event-data': event } = request.body ?? {};
  if (!signature || !event || !isSigned(signature)) {
    response.status(406).json({ error: 'invalid_signature' });
    return;
  }
  const token = `token:${signature.token}`;
  const isNew = await redis.set(token, '1', 'PX', tokenLifetime, 'NX');
  if (isNew === null) {
    response.status(406).json({ error: 'replay_attack' });
    return;
  }
  try {
    await queue.add('event', event);
  } catch (error) {
    await redis.del(token).catch(() => {});
    response.status(503).json({ error: 'unavailable', detail: error.message });
    return;
  }
  response.json({ received: true, queued: true });
});

// How much of what was accepted can be read: the worker commits an event and all its counters together.
let counted;
app.get('/processed', (_request, response) => {
  counted ??= new Database(join(process.env.DATA, 'events.db'), { readonly: true }).prepare(
    `SELECT coalesce(sum(delivered + opens + clicks + failures + complaints + unsubscribes), 0) AS processed
     FROM campaign_days WHERE tag = '*'`,
  );
  response.json(counted.get());
});

await redis.ping();
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('SIGTERM', () => process.exit(0));
