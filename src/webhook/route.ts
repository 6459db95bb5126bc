import type { httpRequest, httpResponse } from 'codehooks-js';
import { dayOf } from '../events/key';
import { log } from '../log';
import { connect } from '../store/connection';
import { countRefusal } from '../store/refusals';
import { attempt } from '../store/settle';
import { answerFor, type Outcome } from './outcome';
import { receive } from './receive';

async function record(outcome: Outcome): Promise<void> {
  if (outcome.accepted) {
    log.info(outcome.duplicate ? 'event known' : 'event stored', { key: outcome.key, type: outcome.type });
    return;
  }
  log.warn('webhook refused', { error: outcome.refusal, detail: outcome.detail });
  // Only a figure for the owner: it must not turn a refusal into an error.
  await attempt(connect().then((c) => countRefusal(c, outcome.refusal, dayOf(new Date().toISOString()))));
}

/** `POST /mailgun/events`: answers 200, 406 or 503, as Mailgun understands them. */
export async function postWebhook(request: httpRequest, response: httpResponse): Promise<void> {
  const outcome = await receive(request);
  await record(outcome);
  const { status, headers, body } = answerFor(outcome);
  for (const [name, value] of Object.entries(headers)) response.set(name, value);
  response.status(status).json(body);
}

/** Any other method on the webhook's path. */
export function refuseMethod(_: httpRequest, response: httpResponse): void {
  response.set('allow', 'POST');
  response
    .status(405)
    .json({ error: 'method_not_allowed', detail: 'Mailgun posts its events here: use POST.' });
}
