import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { listen } from '../http/listen';

/** Whether the real Prometheus is installed here. */
export function hasPrometheus(): boolean {
  return spawnSync('prometheus', ['--version']).error === undefined;
}

const answer = v.object({ status: v.literal('success'), data: v.looseObject({}) });

/** A Prometheus that scrapes one space. */
export interface Prometheus {
  /** What its API answers. */
  get(path: string): Promise<v.InferOutput<typeof answer>['data']>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const { url, stop } = await listen(createServer());
  await stop();
  return Number(new URL(url).port);
}

/** Stands before the space and adds the API key, which only a Prometheus of 2.55 or later can. */
function startKeeper({ url, apiKey }: { url: string; apiKey: string }) {
  return listen(
    createServer((request, response) => {
      const accept = request.headers.accept ?? '*/*';
      fetch(url + (request.url ?? ''), { headers: { 'x-apikey': apiKey, accept } })
        .then(async (answered) => {
          const type = answered.headers.get('content-type') ?? '';
          response.writeHead(answered.status, { 'content-type': type }).end(await answered.text());
        })
        .catch(() => response.writeHead(502).end());
    }),
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}

/** Starts the real Prometheus with the rules of `docs/`, scraping every second. The caller stops it. */
export async function startPrometheus(space: { url: string; apiKey: string }): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const keeper = await startKeeper(space);
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [resolve('docs/prometheus-alerts.yml')],
    scrape_configs: [
      {
        job_name: 'mailgun',
        static_configs: [{ targets: [new URL(keeper.url).host] }],
        metrics_path: '/metrics',
      },
    ],
  };
  // JSON is YAML.
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  return {
    get: async (path) => {
      const answered = await fetch(`http://127.0.0.1:${port}/api/v1${path}`);
      return v.parse(answer, await answered.json()).data;
    },
    stop: async () => {
      await end(child);
      await keeper.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
