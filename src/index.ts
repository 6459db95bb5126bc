import { app } from 'codehooks-js';
import { postAudit } from './api/audit';
import { getCampaign, listCampaigns } from './api/campaigns';
import { listDead, requeueAllDead, requeueDead } from './api/dead';
import { listEvents } from './api/events';
import { getHealth } from './api/health';
import { getSubscriber, getSuppression, listSubscribers } from './api/subscribers';
import { getSummary } from './api/summary';
import { maintain } from './processing/maintain';
import { processWorker } from './processing/worker';
import { countWorker } from './statistics/schedule';
import { topics } from './store/connection';
import { createIndexes } from './store/indexes';
import { postWebhook, refuseMethod } from './webhook/route';

// Open to the world: Mailgun has no key of ours. Its signature is checked in the handler.
app.auth('/mailgun/*', (_, __, next) => next());
app.auth('/health', (_, __, next) => next());

app.post('/mailgun/events', postWebhook);
app.all('/mailgun/events', refuseMethod);

app.get('/health', getHealth);
app.get('/api/summary', getSummary);
app.get('/api/campaigns', listCampaigns);
app.get('/api/campaigns/:tag', getCampaign);
app.get('/api/subscribers', listSubscribers);
app.get('/api/subscribers/:email', getSubscriber);
app.get('/api/suppressions/:email', getSuppression);
app.get('/api/events', listEvents);
app.get('/api/dead', listDead);
app.post('/api/dead/requeue', requeueAllDead);
app.post('/api/dead/:key/requeue', requeueDead);
app.post('/api/audit', postAudit);

app.worker(topics.process, processWorker, { workers: 10 });
app.worker(topics.count, countWorker, { workers: 1 });
app.job('* * * * *', maintain);

export default app.init(createIndexes);
