import * as v from 'valibot';
import { eventLogName, keyspace, type Platform } from './platform';

/** Raised when documents of an earlier version would be read wrongly. Version 1 had other keys of events, 2 other ids. */
const dataVersion = 3;
const versionKey = 'data-version';

const storedVersion = v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.integer());
const named = v.object({ _id: v.string() });

/** Thrown for a space whose data this version of the app would count wrongly. The message says what to do. */
export class OtherData extends Error {}

/** The version of data that nobody has noted: 1 when its events have the keys of then, else ours. */
async function findVersion(platform: Platform): Promise<number> {
  const query = { occurredAt: { $gt: '' } };
  const [any] = await platform
    .getMany(eventLogName, query, { limit: 1, hints: { $fields: { event: 1 } } })
    .toArray();
  return any !== undefined && v.parse(named, any)._id.includes(':') ? 1 : dataVersion;
}

/**
 * Makes sure that this version of the app may work with what a space holds, and notes the version in a new one.
 * @throws OtherData, or when storage fails
 */
export async function checkDataVersion(platform: Platform): Promise<void> {
  const noted = v.safeParse(storedVersion, await platform.get(versionKey, { keyspace }));
  const version = noted.success ? noted.output : await findVersion(platform);
  if (version > dataVersion) {
    throw new OtherData(
      `The data of this space is of version ${version}, this app knows version ${dataVersion}: deploy the later app again.`,
    );
  }
  if (version < dataVersion) {
    throw new OtherData(
      'The data of this space was stored by an earlier app under other ids, and events would count twice: use a new space, or remove all collections of this one and let the back-fill bring back what Mailgun still has.',
    );
  }
  if (!noted.success) await platform.set(versionKey, String(dataVersion), { keyspace });
}
