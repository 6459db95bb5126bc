/**
 * What Codehooks does not document, as switches. Each value is a plausible answer of the cloud;
 * the defaults are the harshest, so that an app that works here works under the kinder ones too.
 */
export interface Quirks {
  /**
   * What happens to a handler once it has answered: it goes on (`runs`), or its further storage calls
   * never come back, as if the platform had ended it (`stops`).
   */
  afterResponse: 'runs' | 'stops';
  /** The HTTP status when a handler throws: the runtime template sets none, so the cloud may answer 200. */
  thrownErrorStatus: 200 | 500;
  /** What `updateOne` and `replaceOne` without upsert do when nothing matches. */
  noMatch: 'rejects' | 'null' | 'unchanged';
  /** What `insertOne` does when the `_id` exists. */
  duplicateInsert: 'rejects' | 'overwrites';
  /** Whether an upsert by query creates the document under the `_id` named in the query. */
  upsertByQuery: 'keepsId' | 'ignoresId';
  /** What `updateOne` with `{upsert: true}` resolves. */
  upsertResult: 'document' | 'null' | 'id';
  /** What becomes of a job whose worker throws or times out. */
  failedJob: 'retried' | 'dropped';
  /** Whether every job is delivered to two workers at once. */
  jobDelivery: 'once' | 'twice';
  /** In which order waiting jobs of one topic start. */
  jobOrder: 'fifo' | 'any';
  /** Whether `incr` on a key with a TTL starts the TTL anew. */
  incrTtl: 'renews' | 'keeps';
  /** Whether `process.env` holds the space's variables before the app's modules load, or only afterwards. */
  envInjection: 'beforeLoad' | 'afterLoad';
  /** Whether a cron job starts again while its last run goes on. */
  cronOverlap: 'allowed' | 'skipped';
  /** Whether `req.rawBody` exists for form and multipart bodies. */
  formRawBody: 'present' | 'absent';
  /**
   * What becomes of a request whose body is larger than the platform takes: the handler gets it without a
   * body and can answer in its own way (`withheld`), or the platform answers 413 (`refused`).
   */
  oversizeBody: 'withheld' | 'refused';
  /**
   * What `count`, `enqueue`, `set`, `del` and the calls for many documents resolve, which no document
   * describes: what their names suggest, or null. Not null by default, because few apps can do without.
   */
  otherResults: 'suggested' | 'null';
  /**
   * How many documents `getMany` and `find` hand over when no limit is asked for. None by default: whoever
   * asks for no limit means all.
   */
  defaultLimit: 'none' | number;
  /** Whether jobs that wait are still there after a restart, which is the local space's redeploy. */
  restart: 'keepsJobs' | 'losesJobs';
  /** How many instances of the app share the space, with no shared memory (bundle mode only). */
  instances: number;
}

export const harshest: Readonly<Quirks> = {
  afterResponse: 'stops',
  thrownErrorStatus: 200,
  noMatch: 'rejects',
  duplicateInsert: 'overwrites',
  upsertByQuery: 'ignoresId',
  upsertResult: 'null',
  failedJob: 'dropped',
  jobDelivery: 'once',
  jobOrder: 'any',
  incrTtl: 'keeps',
  envInjection: 'beforeLoad',
  cronOverlap: 'allowed',
  formRawBody: 'present',
  oversizeBody: 'withheld',
  otherResults: 'suggested',
  defaultLimit: 'none',
  restart: 'keepsJobs',
  instances: 1,
};
