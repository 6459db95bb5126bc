import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import type { Durability } from '../../local/storage';
import { signingKey } from '../load/signed-event';
import { askJson } from './ask';
import type { Candidate } from './candidate';
import { startChild } from './child';
import { listening, processedAnswer } from './limit';

/** Why this candidate cannot run here, null when it can. Installs its packages when they are missing. */
export function obstacleToByHand(): string | null {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    return 'redis-server is not installed (Debian: apt-get install redis-server), so "by hand" is left out.';
  }
  if (existsSync(join('bench', 'node_modules', 'bullmq'))) return null;
  console.log('Installing what "by hand" is built from ...');
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: 'bench',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status === 0 ? null : 'npm install in the folder bench failed, so "by hand" is left out.';
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function waitForPort(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
      socket.once('connect', () => socket.end());
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error('redis-server did not start.');
}

/** Lets Redis write its log anew, without what is over, so that the disk shows what it keeps. */
function compactRedis(port: number): void {
  const ask = (...command: string[]) =>
    spawnSync('redis-cli', ['-p', String(port), ...command], { encoding: 'utf8' });
  ask('BGREWRITEAOF');
  for (let tries = 0; tries < 100; tries += 1) {
    if (!/aof_rewrite_(in_progress|scheduled):1/.test(ask('INFO', 'persistence').stdout ?? '')) return;
    spawnSync('sleep', ['0.05']);
  }
}

/** How Redis syncs its log and SQLite its own, for what an answer is to survive. */
const syncing: Readonly<Record<Durability, { redis: string; sqlite: string }>> = {
  process: { redis: 'everysec', sqlite: 'NORMAL' },
  disk: { redis: 'always', sqlite: 'FULL' },
};

/** Express, BullMQ on Redis, SQLite: a web process and a worker process. */
export const byHand = (durability: Durability): Candidate => ({
  name: `by hand, ${durability}`,
  scale: 1,
  durability,
  async start(directory, part) {
    const redisPort = await findFreePort();
    const redis = startChild(
      'redis-server',
      ['--port', String(redisPort), '--bind', '127.0.0.1', '--dir', directory, '--appendonly', 'yes'].concat([
        '--appendfsync',
        syncing[durability].redis,
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
      ]),
      {},
      false,
    );
    await waitForPort(redisPort);
    const env = {
      NODE_ENV: 'production',
      DATA: directory,
      REDIS_PORT: String(redisPort),
      SQLITE_SYNCHRONOUS: syncing[durability].sqlite,
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
    };
    const folder = join('bench', 'candidates', 'by-hand');
    const worker =
      part === 'whole' ? startChild(process.execPath, [join(folder, 'worker.mjs')], env, true) : null;
    await worker?.ready;
    const web = startChild(process.execPath, [join(folder, 'web.mjs')], env, true);
    const { port } = v.parse(listening, await web.ready);
    const base = `http://127.0.0.1:${port}`;
    return {
      webhook: `${base}/mailgun/events`,
      pids: [web.pid, redis.pid, ...(worker === null ? [] : [worker.pid])],
      directory,
      processed: async () => v.parse(processedAnswer, await askJson(`${base}/processed`)).processed,
      async stop() {
        await web.stop();
        await worker?.stop();
        compactRedis(redisPort);
        await redis.stop();
      },
    };
  },
});
