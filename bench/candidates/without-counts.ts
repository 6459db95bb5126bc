import { app, Datastore } from 'codehooks-js';
import ours from '../../src/index';

// This app without its counts, to see what they cost: events are stored and processed, nothing is counted.

app.get('/processed', async (_request, response) => {
  const db = await Datastore.open();
  const done = await db
    .getMany('email_events', { state: 'done' }, { hints: { $fields: { _id: 1 } } })
    .toArray();
  response.json({ processed: done.length });
});

// A worker is registered under both names.
const { countMailgunEvents: _worker, ...workerhooks } = ours.workerhooks;
const { countMailgunEvents: _queue, ...queuehooks } = ours.queuehooks;
export default { ...ours, workerhooks, queuehooks, jobhooks: {} };
