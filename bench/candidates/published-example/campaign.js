import { app, Datastore } from 'codehooks-js';
import { cleanList, countTags } from '../../../test/fixtures/published-example/campaign-analytics.js';
import { reasonToRefuse } from '../../../test/fixtures/published-example/replay-prevention.js';

// The example's campaign variant behind its replay check, as its reader is told to put them together. The route
// replaces those of the two variants.

app.post('/mailgun/events', async (request, response) => {
  const { body } = request;
  const db = await Datastore.open();
  const error = await reasonToRefuse(db, body.signature || {});
  if (error) return response.status(403).json({ error });
  const told = body['event-data'] || body;
  await db.insertOne('email_events', { ...told, receivedAt: new Date().toISOString() });
  await countTags(db, told);
  await cleanList(db, told);
  response.status(200).json({ received: true });
});

app.get('/processed', async (_request, response) => {
  const db = await Datastore.open();
  response.json({ processed: await db.count('email_events') });
});

export default app.init();
