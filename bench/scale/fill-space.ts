import { join } from 'node:path';
import { startSpace } from '../../local/space';
import type { StoredEvent } from '../../src/event-log/stored-event';
import type { MailgunEvent } from '../../src/events/event';
import { readJsonEvent } from '../../src/events/json';
import { dayOf } from '../../src/events/key';
import { bucketAt, type Level } from '../../src/statistics/bucket';
import { encodeNumbers } from '../../src/statistics/buckets';
import { allMail, hasStatistics, nameOfDimension } from '../../src/statistics/dimension';
import type { Tally } from '../../src/statistics/tally';
import { TallyBuilder } from '../../src/statistics/tally-builder';
import { sortKeysOf, totalsOf } from '../../src/statistics/totals';
import { idOfKey } from '../../src/store/ids';
import { applyEvent, concernsSubscriber } from '../../src/subscribers/apply-event';
import { newSubscriber, type Subscriber } from '../../src/subscribers/subscriber';
import { planEvents, type Size } from './plan-events';

/** Documents of one insert. */
const batchSize = 1000;

/** Whose first open or click something was: asked in the order of the plan, which is all that sizes need. */
class Firsts {
  readonly #seen = new Set<string>();

  isFirst(...parts: string[]): boolean {
    const key = parts.join('\n');
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

/**
 * Fills a data folder with as many planned events as wanted. They end with the last whole hour: the app counts
 * an hour anew from its minutes, which are not filled, when more events come in it.
 */
export function fillSpace(directory: string, size: Size): Promise<void> {
  const { start } = bucketAt('hour', new Date().toISOString());
  return fillWithEvents(directory, planEvents(size, Date.parse(start) / 1000));
}

/**
 * Fills a data folder with events, their subscribers and their statistics, as the app would have stored them,
 * through the Datastore: what takes hours by webhooks takes minutes.
 * @param plan `event-data` as Mailgun sends it
 * @param sourceOf says how each event came
 */
export async function fillWithEvents(
  directory: string,
  plan: Iterable<object>,
  sourceOf: (event: MailgunEvent) => StoredEvent['source'] = () => 'webhook',
): Promise<void> {
  const space = await startSpace({
    directory,
    app: { kind: 'sources', entry: join(process.cwd(), 'index.js') },
    log: () => {},
  });
  const insert = async (collection: string, documents: Array<Record<string, unknown>>) => {
    for (let at = 0; at < documents.length; at += batchSize)
      await space.connection.insertOne(collection, documents.slice(at, at + batchSize));
  };
  try {
    const firsts = new Firsts();
    const subscribers = new Map<string, Subscriber>();
    const hours = new Map<string, TallyBuilder>();
    const now = Date.now();
    let batch: Array<Record<string, unknown>> = [];
    for (const data of plan) {
      const event = readJsonEvent(data, now / 1000);
      if (event === null || !concernsSubscriber(event)) throw new Error('The plan makes whole events only.');
      const { key, ...fields } = event;
      const { recipient } = event;
      const isEngagement = event.event === 'opened' || event.event === 'clicked';
      const counts = isEngagement && event.bot === null;
      const noted = (...span: string[]) => ({
        all: firsts.isFirst(event.event, recipient, ...span),
        domain: firsts.isFirst(event.event, recipient, 'domain', event.domain ?? '', ...span),
        tags: event.tags.filter((tag) => firsts.isFirst(event.event, recipient, 'tag', tag, ...span)),
      });
      const first = counts ? noted() : null;
      const firstOfDay = counts ? noted(dayOf(event.occurredAt)) : null;
      const client = ['message', event.messageId ?? '', event.bot ?? ''];
      const firstOfMessage = isEngagement ? noted(...client) : null;
      const firstOfMessageOnDay = isEngagement ? noted(...client, dayOf(event.occurredAt)) : null;
      const source = sourceOf(event);
      batch.push({
        ...fields,
        _id: key,
        source,
        receivedAt: event.occurredAt,
        processedAt: event.occurredAt,
        attempts: 1,
        state: 'done',
        first,
        firstOfDay,
        firstOfMessage,
        firstOfMessageOnDay,
      });
      if (batch.length === batchSize) {
        await insert('email_events', batch);
        batch = [];
      }
      subscribers.set(
        recipient,
        applyEvent(subscribers.get(recipient) ?? newSubscriber(recipient), { ...event, source }, 0),
      );
      const hour = bucketAt('hour', event.occurredAt).start;
      const sum = hours.get(hour) ?? new TallyBuilder();
      sum.addEvent({
        ...event,
        messageTags: [],
        source,
        receivedAt: event.occurredAt,
        processedAt: event.occurredAt,
        state: 'done',
        first,
        firstOfDay,
        firstOfMessage,
        firstOfMessageOnDay,
      });
      hours.set(hour, sum);
    }
    await insert('email_events', batch);
    await insert(
      'subscribers',
      [...subscribers].map(([_id, subscriber]) => ({
        ...subscriber,
        _id: idOfKey(_id, 'any'),
        changedAt: subscriber.lastEventAt,
      })),
    );

    const days = new Map<string, TallyBuilder>();
    const bucket = (level: Level, start: string, tallies: Tally[]) => {
      const { id } = bucketAt(level, start);
      return {
        _id: idOfKey(id, 'any'),
        level,
        start,
        dirty: null,
        carry: [],
        ...encodeNumbers(tallies, start),
      };
    };
    const hourBuckets = [...hours].map(([start, sum]) => {
      const tallies = sum.tallies();
      const day = bucketAt('day', start).start;
      const ofDay = days.get(day) ?? new TallyBuilder();
      ofDay.addTallies(tallies);
      days.set(day, ofDay);
      return bucket('hour', start, tallies);
    });
    const talliesOfDays = [...days].map(([start, sum]) => ({ start, tallies: sum.tallies() }));
    const dayBuckets = talliesOfDays.map(({ start, tallies }) => bucket('day', start, tallies));
    await insert('stat_buckets', [...hourBuckets, ...dayBuckets]);

    const byDimension = new Map<string, Array<{ day: string; tally: Tally }>>();
    for (const { start, tallies } of talliesOfDays)
      for (const tally of tallies.filter(({ dimension }) => hasStatistics(dimension))) {
        const own = byDimension.get(tally.dimension) ?? [];
        own.push({ day: start.slice(0, 10), tally });
        byDimension.set(tally.dimension, own);
      }
    const campaigns = [...byDimension].map(([dimension, changes]) => {
      const tag = nameOfDimension('tag', dimension);
      const _id = idOfKey(dimension, 'any');
      const numbers = totalsOf({ days: {}, dayDetails: {} }, changes);
      return { _id, tag, dirty: null, dirtyDays: [], ...numbers, ...sortKeysOf(tag, numbers) };
    });
    const isCampaign = ({ _id, tag }: { _id: string; tag: string | null }) => _id === allMail || tag !== null;
    await insert('campaign_stats', campaigns.filter(isCampaign));
    await insert(
      'breakdown_stats',
      campaigns.filter((campaign) => !isCampaign(campaign)),
    );
  } finally {
    await space.stop();
  }
}
