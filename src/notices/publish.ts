import * as v from 'valibot';
import { Collection } from '../store/collection';
import { connect } from '../store/connection';
import type { Notice } from './notice';

const published = v.object({ _id: v.string(), notice: v.string() });

const notices = new Collection<v.InferOutput<typeof published>, v.InferOutput<typeof published>>(
  'notices_published',
  (document) => v.parse(published, document),
);

/** Stores a notice, once for each key. @throws when it could not be stored, and the caller tries again */
export async function publish(notice: Notice): Promise<void> {
  await notices.upsert(await connect(), notice.key, { $set: { notice: JSON.stringify(notice) } });
}
