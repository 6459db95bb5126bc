import { app } from 'codehooks-js';
import { alerts as alertDocuments } from './alerts/alert';
import { checkAlertsByClock } from './alerts/check';
import { changeRule, getRules, resetRule, tryRule } from './api/alert-rules';
import { alerts, getAlert, postAcknowledge, postMute } from './api/alerts';
import { postAudit } from './api/audit';
import { getBackfill, postBackfill } from './api/backfill';
import { campaigns, getCampaign } from './api/campaigns';
import { dead, requeueAllDead, requeueDead } from './api/dead';
import {
  addDestination,
  changeDestination,
  deleteDestination,
  getDeliveries,
  getDestinations,
  requeueDeliveries,
  testDestination,
} from './api/destinations';
import { getDigest } from './api/digest';
import { getDoubtful, liftDoubtful } from './api/doubtful-suppressions';
import { getEventsCsv, getEventsNdjson } from './api/event-export';
import { events, getEvent } from './api/events';
import { failures } from './api/failures';
import { getHealth } from './api/health';
import { getMessage } from './api/messages';
import { documented } from './api/openapi/documented';
import { installDocumentation } from './api/openapi/install';
import { getReconciliation, postReconciliation } from './api/reconciliation';
import { refusals } from './api/refusals';
import { deleteSubscriber, getSubscriber, postReactivate, subscribers } from './api/subscribers';
import { getSummary } from './api/summary';
import {
  addAllowed,
  addSuppression,
  allowed,
  getChanges,
  liftSuppression,
  removeAllowed,
} from './api/suppression-decisions';
import { importSuppressions } from './api/suppression-import';
import { getDifferences, getLists, postPull } from './api/suppression-lists';
import { checkSuppressions, getSuppression } from './api/suppressions';
import { suppressionsCsv } from './api/suppressions-csv';
import { timeline } from './api/timeline';
import { planRuns } from './backfill/plan-runs';
import { domainWorker, lastPageMs } from './backfill/run-domain';
import { getDashboard } from './dashboard/route';
import { digests } from './digest/send';
import { eventFeed } from './event-log/feed';
import { eventLog } from './event-log/stored-event';
import { compareListsAtNight } from './list-comparison/compare-lists';
import { getMetrics } from './metrics/route';
import { deliverWorker } from './notices/deliver/worker';
import { deliveries } from './notices/delivery';
import { maintain } from './processing/maintain';
import { publishWorker } from './processing/publish-changes';
import { processWorker } from './processing/worker';
import { reconciledDays } from './reconciliation/day-document';
import { reconcileAtNight } from './reconciliation/reconcile';
import { readPlan } from './settings/plan';
import { buckets } from './statistics/buckets';
import { countWorker } from './statistics/debounced-count';
import { statisticsCollections } from './statistics/dimension-statistics';
import { createIndexes } from './store/create-indexes';
import { topics } from './store/queue';
import { subscribers as subscriberStates } from './subscribers/subscribers';
import { allowlist } from './suppressions/allowlist';
import { feed } from './suppressions/feed';
import { listEntries } from './suppressions/list-entries';
import { postWebhook, refuseMethod } from './webhook/codehooks';

// What documents a route stands behind its handler, so that it is read but never runs.

// Open to the world: Mailgun has no key of ours. Its signature is checked in the handler.
app.auth('/mailgun/*', (_, __, next) => next());
app.auth('/health', (_, __, next) => next());
app.auth('/status', (_, __, next) => next());
// The page holds no data: it asks for the key and reads the API with it.
app.auth('/dashboard', (_, __, next) => next());

app.post('/mailgun/events', postWebhook, documented.postWebhook);
app.all('/mailgun/events', refuseMethod);

app.get('/health', getHealth, documented.getHealth);
// The platform answers `Alive` at the first one, where a space has a domain of its own.
app.get('/status', getHealth, documented.getStatus);
app.get('/dashboard', getDashboard, documented.getDashboard);
app.get('/metrics', getMetrics, documented.getMetrics);
app.get('/api/summary', getSummary, documented.getSummary);
app.get('/api/timeline', timeline.page, documented.timeline.page);
app.get('/api/timeline.csv', timeline.csv, documented.timeline.csv);
app.get('/api/campaigns', campaigns.page, documented.campaigns.page);
app.get('/api/campaigns.csv', campaigns.csv, documented.campaigns.csv);
app.get('/api/campaigns/:tag', getCampaign, documented.getCampaign);
app.get('/api/failures', failures.page, documented.failures.page);
app.get('/api/failures.csv', failures.csv, documented.failures.csv);
app.get('/api/subscribers', subscribers.page, documented.subscribers.page);
app.get('/api/subscribers.csv', subscribers.csv, documented.subscribers.csv);
app.get('/api/subscribers/:email', getSubscriber, documented.getSubscriber);
app.post('/api/subscribers/:email/reactivate', postReactivate, documented.postReactivate);
app.delete('/api/subscribers/:email', deleteSubscriber, documented.deleteSubscriber);
app.get('/api/suppressions.csv', suppressionsCsv, documented.suppressionsCsv);
app.post('/api/suppressions/check', checkSuppressions, documented.checkSuppressions);
app.post('/api/suppressions', addSuppression, documented.addSuppression);
app.get('/api/suppressions/changes', getChanges, documented.getChanges);
app.post('/api/suppressions/import', importSuppressions, documented.importSuppressions);
app.get('/api/suppressions/lists', getLists, documented.getLists);
app.post('/api/suppressions/pull', postPull, documented.postPull);
app.get('/api/suppressions/differences', getDifferences, documented.getDifferences);
app.get('/api/suppressions/doubtful', getDoubtful, documented.getDoubtful);
app.post('/api/suppressions/doubtful/lift', liftDoubtful, documented.liftDoubtful);
app.get('/api/suppressions/:email', getSuppression, documented.getSuppression);
app.post('/api/suppressions/:email/lift', liftSuppression, documented.liftSuppression);
app.get('/api/allowlist', allowed.page, documented.allowed.page);
app.get('/api/allowlist.csv', allowed.csv, documented.allowed.csv);
app.post('/api/allowlist', addAllowed, documented.addAllowed);
app.delete('/api/allowlist/:value', removeAllowed, documented.removeAllowed);
app.get('/api/events', events.page, documented.events.page);
app.get('/api/events.csv', getEventsCsv, documented.getEventsCsv);
app.get('/api/events.ndjson', getEventsNdjson, documented.getEventsNdjson);
app.get('/api/events/:key', getEvent, documented.getEvent);
app.get('/api/messages/:messageId', getMessage, documented.getMessage);
app.get('/api/digest', getDigest, documented.getDigest);
app.get('/api/refusals', refusals.page, documented.refusals.page);
app.get('/api/refusals.csv', refusals.csv, documented.refusals.csv);
app.get('/api/dead', dead.page, documented.dead.page);
app.get('/api/dead.csv', dead.csv, documented.dead.csv);
app.post('/api/dead/requeue', requeueAllDead, documented.requeueAllDead);
app.post('/api/dead/:key/requeue', requeueDead, documented.requeueDead);
app.get('/api/destinations', getDestinations, documented.getDestinations);
app.post('/api/destinations', addDestination, documented.addDestination);
app.put('/api/destinations/:id', changeDestination, documented.changeDestination);
app.delete('/api/destinations/:id', deleteDestination, documented.deleteDestination);
app.post('/api/destinations/:id/test', testDestination, documented.testDestination);
app.get('/api/destinations/:id/deliveries', getDeliveries, documented.getDeliveries);
app.post('/api/destinations/:id/requeue', requeueDeliveries, documented.requeueDeliveries);
app.get('/api/alerts', alerts.page, documented.alerts.page);
app.get('/api/alerts.csv', alerts.csv, documented.alerts.csv);
app.get('/api/alerts/rules', getRules, documented.getRules);
app.put('/api/alerts/rules/:name', changeRule, documented.changeRule);
app.delete('/api/alerts/rules/:name', resetRule, documented.resetRule);
app.post('/api/alerts/rules/:name/trial', tryRule, documented.tryRule);
app.get('/api/alerts/:id', getAlert, documented.getAlert);
app.post('/api/alerts/:id/acknowledge', postAcknowledge, documented.postAcknowledge);
app.post('/api/alerts/:id/mute', postMute, documented.postMute);
app.get('/api/backfill', getBackfill, documented.getBackfill);
app.post('/api/backfill', postBackfill, documented.postBackfill);
app.get('/api/reconciliation', getReconciliation, documented.getReconciliation);
app.post('/api/reconciliation', postReconciliation, documented.postReconciliation);
app.post('/api/audit', postAudit, documented.postAudit);

installDocumentation(app);

const plan = readPlan();
app.worker(topics.process, processWorker, { workers: plan.workers });
app.worker(topics.count, countWorker, { workers: 1 });
app.worker(topics.publish, publishWorker, { workers: 1 });
app.worker(topics.deliver, deliverWorker, { workers: plan.deliveryWorkers });
app.worker(topics.compare, domainWorker(plan.backfillMs), {
  workers: plan.backfillWorkers,
  timeout: plan.backfillMs + lastPageMs,
});
app.job(plan.maintenance, maintain);
app.job(plan.alerts, checkAlertsByClock);
app.job(plan.backfill, planRuns);
app.job(plan.listComparison, compareListsAtNight);
app.job(plan.reconciliation, reconcileAtNight);

export default app.init(() =>
  createIndexes([
    eventLog,
    eventFeed,
    subscriberStates,
    ...statisticsCollections,
    buckets,
    feed,
    listEntries,
    allowlist,
    deliveries,
    digests,
    alertDocuments,
    reconciledDays,
  ]),
);
