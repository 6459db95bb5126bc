import { app, Datastore } from 'codehooks-js';
import '../../../test/fixtures/published-example/async-worker.js';

// The example's queue variant, with a route that tells how many events its worker has written.

app.get('/processed', async (_request, response) => {
  const db = await Datastore.open();
  response.json({ processed: await db.count('email_events') });
});

export default app.init();
