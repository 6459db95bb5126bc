import { amount, choice } from './switch';

/**
 * What Codehooks does not document, as switches. Each value is a plausible answer of the cloud; the first one
 * is the default and the harshest, so that an app that works here works under the kinder ones too. Of the last
 * four the default is the usual answer, because few apps can do without it.
 *
 * The type, the defaults, the command line, its help, the table in the README and the list of the tests follow
 * from this table: a new switch needs its entry here and the code that reads it.
 */
export const switchTable = {
  afterResponse: choice('stops', ['runs'], {
    question:
      'Does a handler or worker go on after it has answered? `stops`: its further storage calls never come back.',
    changes:
      'whether the storage calls of a handler that has answered come back, and whether a stop waits for it',
    where: ['host/open-hosted-space.ts', 'http/request-handler.ts', 'runtime/run-job.ts'],
  }),
  thrownErrorStatus: choice(200, [500], {
    // The template of the platform's runtime sets no status, so that the cloud may answer 200.
    question: 'What does the client get when a handler throws?',
    changes: 'the HTTP status of a handler that throws',
    where: ['http/request-handler.ts'],
  }),
  noMatch: choice('rejects', ['null', 'unchanged'], {
    question: 'What does `updateOne` or `replaceOne` do when nothing matches?',
    changes: 'what `updateOne` and `replaceOne` without upsert resolve when no document matches',
    where: ['datastore/documents.ts'],
  }),
  duplicateInsert: choice('overwrites', ['rejects'], {
    question: 'What does `insertOne` do when the `_id` exists?',
    changes: 'whether `insertOne` replaces a document with the same `_id`',
    where: ['datastore/documents.ts'],
  }),
  upsertByQuery: choice('ignoresId', ['keepsId'], {
    question: 'Does an upsert by a query keep the `_id` that the query names?',
    changes: 'the `_id` of a document that an upsert by a query creates',
    where: ['datastore/documents.ts'],
  }),
  upsertResult: choice('null', ['document', 'id'], {
    question: 'What does an upsert resolve?',
    changes: 'what `updateOne` with `{upsert: true}` resolves',
    where: ['datastore/documents.ts'],
  }),
  failedJob: choice('dropped', ['retried'], {
    question: 'Does a job run again when its worker throws or takes too long?',
    changes: 'whether a job whose worker failed stays in the queue',
    where: ['queue/dispatcher.ts'],
  }),
  jobDelivery: choice('once', ['twice'], {
    question: 'Can a job be delivered twice?',
    changes: 'whether every job is given to two workers at once',
    where: ['queue/dispatcher.ts'],
  }),
  jobOrder: choice('any', ['fifo'], {
    question: 'In which order do the jobs of a topic start?',
    changes: 'which of the waiting jobs of a topic starts next',
    where: ['queue/dispatcher.ts'],
  }),
  incrTtl: choice('keeps', ['renews'], {
    question: 'Does `incr` on a key with a TTL start the TTL anew?',
    changes: 'when a key expires that was counted up with a TTL',
    where: ['keys/keys.ts'],
  }),
  envInjection: choice('beforeLoad', ['afterLoad'], {
    question: 'Are the variables there when the modules load, or only later?',
    changes: 'what `process.env` holds while the modules of the app load',
    where: ['runtime/load-bundle.ts', 'runtime/load-sources.ts'],
  }),
  cronOverlap: choice('allowed', ['skipped'], {
    question: 'Does a scheduled job start while its last run goes on?',
    changes: 'whether a cron job starts while its last run goes on',
    where: ['cron/cron-table.ts'],
  }),
  formRawBody: choice('present', ['absent'], {
    question: 'Do form and multipart bodies have a `rawBody`?',
    changes: 'whether `req.rawBody` is there for form and multipart bodies',
    where: ['http/request-handler.ts'],
  }),
  oversizeBody: choice('withheld', ['refused'], {
    question: 'Does a handler get a request whose body is larger than the platform takes, without the body?',
    changes: 'whether the handler or the space (with 413) answers a body that is too large',
    where: ['http/read-body.ts'],
  }),
  otherResults: choice('suggested', ['null'], {
    question: 'What do `count`, `enqueue`, `set`, `del` and the calls for many documents resolve?',
    changes: 'whether these calls resolve what their names suggest, or null',
    where: ['host/open-hosted-space.ts'],
  }),
  defaultLimit: amount('none', 2, Infinity, {
    question: 'How many documents does `getMany` hand over when no limit is asked for?',
    changes: 'the limit of `getMany` and `find` without one',
    where: ['host/open-hosted-space.ts'],
  }),
  restart: choice('keepsJobs', ['losesJobs'], {
    question: 'Are waiting jobs still there after a redeploy (here: a restart)?',
    changes: 'whether the queue is emptied at a start and at a deployment',
    where: ['host/open-hosted-space.ts', 'host/hosted-space.ts'],
  }),
  instances: amount(1, 2, 64, {
    question: 'How many instances of the app run, without shared memory? (`--bundle`)',
    changes: 'how often a bundle is loaded; requests and jobs go to the instances in turn',
    where: ['runtime/app-source.ts'],
  }),
};
