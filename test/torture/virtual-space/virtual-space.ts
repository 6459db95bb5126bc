import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredDocument } from '../../../local/connection';
import type { WaitingJob } from '../../../local/queue/index';
import { asPlatform } from '../../../local/runtime/as-platform';
import { openStorage, type Storage } from '../../../local/storage';
import { harshest, type Switches } from '../../../local/switches/switches';
import { Instance } from './instance';
import type { Intercept } from './intercept';
import { VirtualTime } from './virtual-time';

export const signingKey = 'key-0123456789abcdef0123456789abcdef';

const topics = ['processMailgunEvent', 'countMailgunEvents', 'deliverNotices'] as const;
const collections = [
  'email_events',
  'campaign_stats',
  'breakdown_stats',
  'stat_buckets',
  'subscribers',
  'engagements',
  'webhook_tokens',
  'backfill_cursors',
  'event_feed',
  'suppression_changes',
  'mailgun_lists',
  'list_cursors',
  'reconciled_days',
  'allowlist',
  'erased_suppressions',
  'destinations',
  'destination_secrets',
  'destination_runs',
  'deliveries',
  'suppression_counts',
  'alerts',
  'alert_memory',
  'alert_rules',
] as const;

/** The documents of every collection. */
export type Contents = ReadonlyMap<string, StoredDocument[]>;

/** Lets every call through. */
export const unharmed: Intercept = (_, run) => run();

/**
 * A space taken apart: the real storage on disk and the compiled app, but requests, jobs, cron and time move
 * only when a case says so. One machine serves many cases, each after {@link restore}.
 */
export class VirtualSpace {
  readonly #directory = mkdtempSync(join(tmpdir(), 'torture-'));
  #spare: Instance | null = null;
  readonly storage: Storage;
  readonly time = VirtualTime.start();

  constructor(
    readonly bundleFile: string,
    switches: Partial<Switches> = {},
    readonly env: Readonly<Record<string, string>> = { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
  ) {
    this.switches = { ...harshest, ...switches };
    this.storage = openStorage({
      directory: this.#directory,
      switches: this.switches,
      now: () => Date.now(),
    });
  }

  readonly switches: Switches;

  /** A new process of the app on the same data. */
  boot(intercept: Intercept = unharmed): Promise<Instance> {
    const stored = this.storage.connection();
    const connection = {
      ...asPlatform(stored, this.switches),
      // Time is the case's affair: a scheduled job waits like any other, so that it may also come too early.
      runAt: (_: Date, payload: unknown, worker: string) => stored.enqueue(worker, payload),
    };
    return Instance.boot({
      bundleFile: this.bundleFile,
      switches: this.switches,
      env: this.env,
      connection,
      intercept,
    });
  }

  /**
   * Another process of the app that nothing ever happens to. Evaluating the bundle takes most of the time
   * of a case, so this one is kept.
   */
  async spare(): Promise<Instance> {
    this.#spare ??= await this.boot();
    return this.#spare;
  }

  /** Takes the jobs that wait out of the queue: whether they are delivered, lost or delivered twice is the case's affair. */
  takeJobs(): WaitingJob[] {
    const jobs = topics.flatMap((topic) => this.storage.queue.ready(topic, 1000));
    if (jobs.length > 0) this.storage.queue.finish(jobs);
    return jobs;
  }

  async documents(collection: string): Promise<StoredDocument[]> {
    return this.storage.connection().getMany(collection).toArray();
  }

  async contents(): Promise<Contents> {
    const entries = collections.map(async (name) => [name, await this.documents(name)] as const);
    return new Map(await Promise.all(entries));
  }

  /** Back to the beginning of time with exactly these documents and an empty queue. */
  async restore(contents: Contents = new Map()): Promise<void> {
    const connection = this.storage.connection();
    this.time.restart();
    this.takeJobs();
    // All at once is one transaction.
    await Promise.all(
      collections.flatMap((name) => {
        const documents = contents.get(name) ?? [];
        const emptied = connection.removeMany(name, {});
        return documents.length > 0 ? [emptied, connection.insertOne(name, documents)] : [emptied];
      }),
    );
  }

  async close(): Promise<void> {
    this.time.stop();
    await this.storage.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
