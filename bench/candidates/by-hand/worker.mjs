import { join } from 'node:path';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { openStore } from './store.mjs';

// The worker process: fifty jobs at a time, each an event written with all its effects in one transaction.

const write = openStore(join(process.env.DATA, 'events.db'), process.env.SQLITE_SYNCHRONOUS);
const redis = new Redis({
  port: Number(process.env.REDIS_PORT),
  host: '127.0.0.1',
  enableAutoPipelining: true,
  maxRetriesPerRequest: null,
});
const worker = new Worker('events', async (job) => write(job.data), { connection: redis, concurrency: 50 });
worker.on('failed', (_job, error) => console.error(`By hand: a job failed: ${error.message}`));
await worker.waitUntilReady();
process.send({ ready: true });
process.on('SIGTERM', () => process.exit(0));
