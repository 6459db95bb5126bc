import { app } from 'codehooks-js';
import { postAudit } from './api/audit';
import { getBackfill } from './api/backfill';
import { campaigns, getCampaign } from './api/campaigns';
import { dead, requeueAllDead, requeueDead } from './api/dead';
import { events, getEvent } from './api/events';
import { getHealth } from './api/health';
import { getMessage } from './api/messages';
import { refusals } from './api/refusals';
import { deleteSubscriber, getSubscriber, postReactivate, subscribers } from './api/subscribers';
import { getSummary } from './api/summary';
import { checkSuppressions, getSuppression, suppressionsCsv } from './api/suppressions';
import { timeline } from './api/timeline';
import { getDashboard } from './dashboard/route';
import { maintain } from './processing/maintain';
import { processWorker } from './processing/worker';
import { countWorker } from './statistics/schedule';
import { topics } from './store/connection';
import { createIndexes } from './store/indexes';
import { postWebhook, refuseMethod } from './webhook/route';

// Open to the world: Mailgun has no key of ours. Its signature is checked in the handler.
app.auth('/mailgun/*', (_, __, next) => next());
app.auth('/health', (_, __, next) => next());
app.auth('/dashboard', (_, __, next) => next());

app.post('/mailgun/events', postWebhook);
app.all('/mailgun/events', refuseMethod);

app.get('/health', getHealth);
app.get('/dashboard', getDashboard);
app.get('/api/summary', getSummary);
app.get('/api/timeline', timeline.page);
app.get('/api/timeline.csv', timeline.csv);
app.get('/api/campaigns', campaigns.page);
app.get('/api/campaigns.csv', campaigns.csv);
app.get('/api/campaigns/:tag', getCampaign);
app.get('/api/subscribers', subscribers.page);
app.get('/api/subscribers.csv', subscribers.csv);
app.get('/api/subscribers/:email', getSubscriber);
app.post('/api/subscribers/:email/reactivate', postReactivate);
app.delete('/api/subscribers/:email', deleteSubscriber);
app.get('/api/suppressions.csv', suppressionsCsv);
app.post('/api/suppressions/check', checkSuppressions);
app.get('/api/suppressions/:email', getSuppression);
app.get('/api/events', events.page);
app.get('/api/events.csv', events.csv);
app.get('/api/events/:key', getEvent);
app.get('/api/messages/:messageId', getMessage);
app.get('/api/refusals', refusals.page);
app.get('/api/refusals.csv', refusals.csv);
app.get('/api/dead', dead.page);
app.get('/api/dead.csv', dead.csv);
app.post('/api/dead/requeue', requeueAllDead);
app.post('/api/dead/:key/requeue', requeueDead);
app.get('/api/backfill', getBackfill);
app.post('/api/audit', postAudit);

app.worker(topics.process, processWorker, { workers: 10 });
app.worker(topics.count, countWorker, { workers: 1 });
app.job('* * * * *', maintain);

export default app.init(createIndexes);
