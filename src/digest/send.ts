import * as v from 'valibot';
import { log, reasonOf } from '../log';
import type { Notice } from '../notices/notice';
import { publish } from '../notices/publish';
import { readDigestSettings } from '../settings/settings';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { readDigestNumbers } from './numbers';
import { type DigestPeriod, isDue, keyOf, periodOf } from './period';
import { digestText } from './text';

const notice = v.object({
  key: v.string(),
  kind: v.literal('digest'),
  name: v.string(),
  occurredAt: v.string(),
  title: v.string(),
  text: v.string(),
  data: v.record(v.string(), v.unknown()),
});

const storedDigest = v.object({
  _id: v.string(),
  /** What is told, as JSON; null until the first who makes it has written it. */
  notice: v.optional(v.nullable(v.string()), null),
  /** Whether it is still to be told. */
  isUnpublished: v.optional(v.boolean(), false),
});
type StoredDigest = v.InferOutput<typeof storedDigest>;

const parseDigest = (document: object): StoredDigest => v.parse(storedDigest, document);

/**
 * Every digest that was made, under its key: an outbox. The first who writes it decides what it says; who publishes it
 * tells what is written, so that two at once say the same, and one that dies leaves it to the next run.
 */
export const digests = new Collection<RevisedDocument & StoredDigest & { key: string }, StoredDigest>(
  'digests',
  (document) => v.parse(storedDigest, document),
  [['isUnpublished', '_id']],
);

/** Digests that one run publishes. */
const batchSize = 10;

/** What a digest of a period tells, from the numbers of now. */
export async function makeDigest(
  connection: Connection,
  period: DigestPeriod,
  publicUrl: string | null,
): Promise<Notice> {
  const numbers = await readDigestNumbers(connection, period);
  const { title, text } = digestText(numbers, publicUrl);
  return {
    key: keyOf(period),
    kind: 'digest',
    name: period.kind,
    occurredAt: period.dueAt,
    title,
    text,
    data: { ...numbers },
  };
}

/** Writes the digest of a period into the outbox, unless somebody has. */
async function prepareDigest(
  connection: Connection,
  period: DigestPeriod,
  publicUrl: string | null,
): Promise<void> {
  const id = keyOf(period);
  if ((await digests.find(connection, id))?.notice) return;
  const made = JSON.stringify(await makeDigest(connection, period, publicUrl));
  await compareAndSet(connection, digests, {
    id,
    identity: { key: id },
    parse: parseDigest,
    decide: (stored) => (stored?.notice ? null : { notice: made, isUnpublished: true }),
  });
}

async function publishDigest(connection: Connection, { _id, notice: text }: StoredDigest): Promise<void> {
  await publish(v.parse(notice, JSON.parse(text ?? '')));
  await compareAndSet(connection, digests, {
    id: _id,
    identity: { key: _id },
    parse: parseDigest,
    decide: (stored) => (stored?.isUnpublished ? { isUnpublished: false } : null),
  });
  log.info('digest published', { key: _id });
}

/**
 * Makes the digest that is due, and publishes what is in the outbox. Every step can be repeated, by several at once.
 * @param now milliseconds since 1970
 */
export async function sendDigests(connection: Connection, now: number): Promise<void> {
  const result = readDigestSettings();
  if ('problem' in result) {
    log.error('digest not configured', { error: result.problem });
    return;
  }
  const { digest: kind, digestHour: hour, digestTimeZone: timeZone, publicUrl } = result.settings;
  if (kind === 'off') return;
  const period = periodOf(now, { kind, hour, timeZone });
  if (isDue(period, now)) await prepareDigest(connection, period, publicUrl);
  for (const digest of await digests.list(connection, { isUnpublished: true }, { limit: batchSize })) {
    try {
      await publishDigest(connection, digest);
    } catch (error) {
      log.error('digest not published, the next run will try again', {
        key: digest._id,
        error: reasonOf(error),
      });
    }
  }
}
