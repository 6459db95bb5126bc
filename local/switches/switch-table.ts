import { amount, choice } from './switch';

/**
 * What Codehooks does not document or does not promise, as switches. Each value is a plausible answer of the cloud. The
 * first one is the default: the answer that is known or, where none is, the harshest that an app can do with, so that an
 * app that works here works under the others too. `harshest` names the hardest one where that is another.
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
  clientGone: choice('ends', ['goesOn'], {
    question:
      'Does a handler go on when its client has hung up? `ends`: none of its storage calls comes back any more, nor does one that others share with it.',
    changes: 'whether the storage calls of a handler come back whose client has gone',
    where: ['http/request-handler.ts'],
  }),
  thrownErrorStatus: choice(200, [500], {
    question: 'What does the client get when a handler throws? Known: 200.',
    changes: 'the HTTP status of a handler that throws',
    where: ['http/request-handler.ts'],
  }),
  ownHealth: choice('leaves', ['shadows'], {
    question:
      'Who answers `/health`? Known: the platform itself, `Alive`, where a space has a domain of its own.',
    changes: 'whether the space answers `/health` in the place of the app',
    where: ['http/request-handler.ts'],
    harshest: 'shadows',
  }),
  refusedKey: choice('noAccess', ['sentence'], {
    question: 'What does a client get whose key is wrong? Known: 401 and the text `No access`.',
    changes: 'status and body of a request without a key that is valid',
    where: ['http/request-handler.ts'],
  }),
  afterDeploy: choice('serves', ['refuses'], {
    question:
      'Does a space answer at once after a deployment? Known: for about two seconds it may say `Authentication failed`.',
    changes: 'whether requests are refused by 401 for two seconds after a deployment',
    where: ['host/hosted-space.ts'],
    harshest: 'refuses',
  }),
  cors: choice('credentials', ['anyOrigin'], {
    question: 'Which pages may read an answer? Known: the origin is echoed, with `Allow-Credentials: true`.',
    changes: 'the headers for pages of other origins',
    where: ['http/cors.ts'],
  }),
  noMatch: choice('rejects', ['null', 'unchanged'], {
    question: 'What does `updateOne` or `replaceOne` do when nothing matches? Known: it rejects.',
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
  upsertResult: choice('document', ['null', 'id'], {
    question: 'What does an upsert resolve? Known: the document.',
    changes: 'what `updateOne` with `{upsert: true}` resolves',
    where: ['datastore/documents.ts'],
    harshest: 'null',
  }),
  updatePaths: choice('literal', ['nested'], {
    question:
      'Does a dot in `$set`, `$unset` and `$inc` lead into a field? Known: no, it names a field at the top, dot and all.',
    changes: 'which field such an update changes',
    where: ['datastore/documents.ts'],
  }),
  setOnInsert: choice('refused', ['applied'], {
    question: 'Does an upsert know `$setOnInsert`? Known: no.',
    changes: 'whether `$setOnInsert` is refused, or sets fields of a document that an upsert creates',
    where: ['datastore/documents.ts'],
  }),
  oddIds: choice('refused', ['allowed'], {
    question: 'May an `_id` hold more than letters, digits, `_` and `-`? Only these are proven.',
    changes: 'whether a document is stored under such an `_id`',
    where: ['runtime/as-platform.ts'],
  }),
  idsPerRead: amount('unlimited', 10, Infinity, {
    question: 'How many values may `$in` name?',
    changes: 'from how many values on a query is refused',
    where: ['runtime/as-platform.ts'],
  }),
  indexes: choice('compound', ['perField', 'refused'], {
    question: 'May an index be of several fields? `refused`: only of one.',
    changes:
      'what `createIndex` makes of several fields: one index, one for each, or none, and then it rejects',
    where: ['runtime/as-platform.ts'],
    harshest: 'refused',
  }),
  defaultLimit: amount('none', 2, Infinity, {
    question: 'How many documents does `getMany` hand over when no limit is asked for? Known: all.',
    changes: 'the limit of `getMany` and `find` without one',
    where: ['runtime/as-platform.ts'],
  }),
  otherResults: choice('suggested', ['null'], {
    question: 'What do `count`, `enqueue`, `set`, `del` and the calls for many documents resolve?',
    changes: 'whether these calls resolve what their names suggest, or null',
    where: ['runtime/as-platform.ts'],
    harshest: 'null',
  }),
  setObject: choice('text', ['json'], {
    question: 'What does `set` keep of an object? Known: the text `[object Object]`.',
    changes: 'whether `set` keeps an object; `setObj` always does',
    where: ['runtime/as-platform.ts'],
  }),
  incrTtl: choice('keeps', ['renews'], {
    question: 'Does `incr` on a key with a TTL start the TTL anew?',
    changes: 'when a key expires that was counted up with a TTL',
    where: ['keys/keys.ts'],
  }),
  failedJob: choice('retriedAtOnce', ['retried', 'dropped'], {
    question:
      'Does a job run again when its worker throws or takes too long? Known: within seconds, repeatedly.',
    changes: 'whether a job whose worker failed stays in the queue, and when it runs again',
    where: ['queue/dispatcher.ts'],
    harshest: 'dropped',
  }),
  lateJob: choice('killed', ['goesOn'], {
    question:
      'What becomes of a worker that takes longer than its `timeout`? `killed`: its storage calls never come back.',
    changes: 'whether a worker that has taken too long goes on beside its retry',
    where: ['runtime/run-job.ts'],
  }),
  jobDelivery: choice('once', ['twice'], {
    question: 'Can a job be delivered twice? Known: yes, now and then.',
    changes: 'whether every job is given to two workers at once',
    where: ['queue/dispatcher.ts'],
    harshest: 'twice',
  }),
  jobOrder: choice('any', ['fifo'], {
    question: 'In which order do the jobs of a topic start?',
    changes: 'which of the waiting jobs of a topic starts next',
    where: ['queue/dispatcher.ts'],
  }),
  runAt: choice('onTime', ['atOnce', 'never', 'refused'], {
    question: 'When does a job of `runAt` start?',
    changes: 'whether such a job waits for its time, starts at once or never, or the call rejects',
    where: ['runtime/as-platform.ts'],
    harshest: 'refused',
  }),
  restart: choice('keepsJobs', ['losesJobs'], {
    question: 'Are waiting jobs still there after a redeploy (here: a restart)?',
    changes: 'whether the queue is emptied at a start and at a deployment',
    where: ['host/open-hosted-space.ts', 'host/hosted-space.ts'],
    harshest: 'losesJobs',
  }),
  cronOverlap: choice('allowed', ['skipped'], {
    question: 'Does a scheduled job start while its last run goes on?',
    changes: 'whether a cron job starts while its last run goes on',
    where: ['cron/cron-table.ts'],
  }),
  formRawBody: choice('absent', ['present'], {
    question: 'Do form and multipart bodies have a `rawBody`? Known: multipart bodies have none.',
    changes: 'whether `req.rawBody` is there for form and multipart bodies',
    where: ['http/request-handler.ts'],
  }),
  bodyStream: choice('untilFirstAwait', ['kept'], {
    question:
      'Until when does `req.pipe` hand over the body? Known: until the first `await` of the handler, later nothing.',
    changes: 'whether `req.pipe` is empty after the first turn of a handler',
    where: ['http/request-handler.ts'],
  }),
  oversizeBody: choice('withheld', ['refused'], {
    question: 'Does a handler get a request whose body is larger than the platform takes, without the body?',
    changes: 'whether the handler or the space (with 413) answers a body that is too large',
    where: ['http/read-body.ts'],
  }),
  intervals: choice('throw', ['run'], {
    question: 'Is there `setInterval`? Known: it throws. (`--bundle`)',
    changes: 'what `setInterval` does',
    where: ['runtime/app-timers.ts'],
  }),
  workerTimers: choice('never', ['fire'], {
    question: 'Does a timer fire in a worker? It was seen not to. (`--bundle`)',
    changes: 'whether `setTimeout` of a worker or a scheduled job fires',
    where: ['runtime/app-timers.ts'],
  }),
  immediate: choice('missing', ['runs'], {
    question: 'Is there `setImmediate`? Nobody uses it. (`--bundle`)',
    changes: 'whether `setImmediate` is defined',
    where: ['runtime/app-timers.ts'],
  }),
  envInjection: choice('beforeLoad', ['afterLoad'], {
    question: 'Are the variables there when the modules load, or only later?',
    changes: 'what `process.env` holds while the modules of the app load',
    where: ['runtime/load-bundle.ts', 'runtime/load-sources.ts'],
    harshest: 'afterLoad',
  }),
  instances: amount(1, 2, 64, {
    question: 'How many instances of the app run, without shared memory? (`--bundle`)',
    changes: 'how often a bundle is loaded; requests and jobs go to the instances in turn',
    where: ['runtime/app-source.ts'],
  }),
  plan: choice('paid', ['free'], {
    question: 'Which plan has the space? Known of `free`: cron hourly at best, one job of a topic at a time.',
    changes:
      'how often scheduled jobs start and how many jobs run at once; `callsPerMinute` is its own limit',
    where: ['cron/cron-table.ts', 'queue/dispatcher.ts', 'space.ts'],
    harshest: 'free',
  }),
} as const;
