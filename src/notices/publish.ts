import * as v from 'valibot';
import { Collection } from '../store/collection';
import { connect } from '../store/connection';
import type { Notice } from './notice';

const published = v.object({ _id: v.string(), notice: v.optional(v.string(), '') });
type Published = v.InferOutput<typeof published>;

const publishedNotices = new Collection<Published, Published>('notices_published', (document) =>
  v.parse(published, document),
);

/** Keeps a notice. Idempotent; throws when it could not be stored, and the caller tries again. */
export async function publish(notice: Notice): Promise<void> {
  await publishedNotices.upsert(await connect(), notice.key, { $set: { notice: JSON.stringify(notice) } });
}
