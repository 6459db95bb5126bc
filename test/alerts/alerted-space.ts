import * as v from 'valibot';
import { encodeNumbers } from '../../src/statistics/buckets';
import type { Counts } from '../../src/statistics/counters';
import { idOfKey } from '../../src/store/ids';
import { event, sign } from '../app/app';
import { silentDestination } from '../notices/silent-destination';
import { Driver } from '../torture/virtual-space/driver';
import { signingKey, VirtualSpace } from '../torture/virtual-space/virtual-space';

/** The jobs that count, and that check the alerts. */
const counting = '* * * * *';
export const checking = '*/1 * * * *';

const notice = v.object({
  key: v.string(),
  title: v.string(),
  text: v.string(),
  level: v.optional(v.string()),
  name: v.optional(v.string()),
  occurredAt: v.string(),
});
/** What somebody was told. */
export type Told = v.InferOutput<typeof notice>;

/** Everything that was ever published, in the order in which it happened. The one place that knows where it is kept. */
export async function toldIn(space: VirtualSpace): Promise<Told[]> {
  const documents = await space.documents('deliveries');
  // One that a fault has cut short holds nothing, and is completed when it is published again.
  const notices = documents.flatMap(({ noticeKey: key, notice: text }) =>
    typeof text === 'string' && text !== '' ? [v.parse(notice, { ...JSON.parse(text), key })] : [],
  );
  return notices.sort((a, b) => (`${a.occurredAt} ${a.key}` < `${b.occurredAt} ${b.key}` ? -1 : 1));
}

/** Puts a bucket into a space as if the events of an hour had been counted. @param hour ISO time of its start */
export async function putHour(space: VirtualSpace, hour: string, counts: Record<string, Counts>) {
  const tallies = Object.entries(counts).map(([dimension, own]) => ({
    dimension,
    counts: own,
    ever: {},
    firstEventAt: hour,
    lastEventAt: hour,
  }));
  for (const [level, length] of [
    ['hour', 13],
    ['day', 10],
  ] as const) {
    const start = level === 'hour' ? hour : `${hour.slice(0, 10)}T00:00:00.000Z`;
    const _id = idOfKey(`${level}:${hour.slice(0, length)}`, 'any');
    const document = { _id, level, start, dirty: null, ...encodeNumbers(tallies, start) };
    await space.storage.connection().removeMany('stat_buckets', { _id });
    await space.storage.connection().insertOne('stat_buckets', document);
  }
}

/** The compiled app on a virtual machine, with what tests of alerts do to it. */
export class AlertedSpace {
  readonly space: VirtualSpace;

  constructor(bundleFile: string, env: Readonly<Record<string, string>> = {}) {
    this.space = new VirtualSpace(
      bundleFile,
      {},
      {
        MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
        ...silentDestination,
        ...env,
      },
    );
  }

  async driver(): Promise<Driver> {
    return new Driver(this.space, await this.space.spare());
  }

  /** Sends so many events of a type, each of another message, and gives them their effects. */
  async send(count: number, name: string, fields: Record<string, unknown> = {}, key = signingKey) {
    const driver = await this.driver();
    for (let number = 0; number < count; number += 1) {
      const body = JSON.stringify({ signature: sign({}, key), 'event-data': event(name, fields) });
      await driver.send({ contentType: 'application/json', body: Buffer.from(body) });
    }
    for (let jobs = driver.take(); jobs.length > 0; jobs = driver.take()) await driver.deliver(jobs);
  }

  /** Lets time pass, counts and checks. @returns what was told by it, as `step level rule scope` */
  async check(minutes = 1): Promise<string[]> {
    const before = new Set((await this.told()).map(({ key }) => key));
    this.space.time.pass(minutes * 60_000);
    const driver = await this.driver();
    await driver.job(counting);
    await driver.job(checking);
    if (driver.problems.length > 0) throw new Error(driver.problems.join('\n'));
    return (await this.told()).filter(({ key }) => !before.has(key)).map(summaryOf);
  }

  told(): Promise<Told[]> {
    return toldIn(this.space);
  }

  close(): Promise<void> {
    return this.space.close();
  }
}

function summaryOf({ key, title, level, name }: Told): string {
  const [, step = ''] = /\/\d+-(\w+)$/.exec(key) ?? [];
  const [, about = ''] = /: [^,]+, ([^:]+)/.exec(title) ?? [];
  return `${step} ${level} ${name} ${about}`;
}
