import { join } from 'node:path';
import * as v from 'valibot';
import { signingKey } from '../load/signed-event';
import { askJson } from './ask';
import type { Candidate } from './candidate';
import { startChild } from './child';

export const listening = v.object({ port: v.number() });
export const processedAnswer = v.object({ processed: v.number() });

/** Bare `node:http`: what this machine could do if nothing had to be kept. */
export const limit: Candidate = {
  name: 'limit',
  scale: 4,
  durability: null,
  async start(directory) {
    const server = startChild(
      process.execPath,
      [join('bench', 'candidates', 'limit-server.mjs')],
      { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
      true,
    );
    const { port } = v.parse(listening, await server.ready);
    const base = `http://127.0.0.1:${port}`;
    return {
      webhook: `${base}/mailgun/events`,
      pids: [server.pid],
      directory,
      processed: async () => v.parse(processedAnswer, await askJson(`${base}/processed`)).processed,
      stop: () => server.stop(),
    };
  },
};
