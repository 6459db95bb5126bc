import type { httpRequest, httpResponse } from 'codehooks-js';
import { dayOf } from '../events/key';
import { log, reasonOf } from '../log';
import { readSettings } from '../settings/settings';
import { connect } from '../store/connection';
import { isMultipart, maxBodyBytes, type RequestBody } from './body';
import { answerFor, type Outcome } from './outcome';
import { readStream } from './read-stream';
import { receiveWebhook } from './receive-webhook';
import { noteRefusal, tellRefusalsOfBefore } from './refusal-log';
import { countDuplicate, countRefusal } from './refusals';
import { openWebhookStore } from './webhook-store';

/** The body as Codehooks hands it over: parsed and as text, or as a stream when it is multipart. */
function readRequestBody(request: httpRequest): RequestBody | Promise<RequestBody> {
  const parsed: unknown = request.body;
  const text: unknown = request.rawBody;
  if (typeof text === 'string' && text !== '') return { parsed, text };
  if (!isMultipart(request.headers)) return { parsed };
  if (Number(request.headers['content-length']) > maxBodyBytes) return { bytes: 'too_large' };
  // Codehooks does not parse multipart bodies, and its stream is empty after the handler's first await: this must
  // begin before it.
  return readStream(request, maxBodyBytes).then((bytes) => ({ bytes }));
}

async function receive(request: httpRequest): Promise<Outcome> {
  try {
    const body = await readRequestBody(request);
    return await receiveWebhook(
      { headers: request.headers, body },
      { readSettings, openStore: openWebhookStore, now: Date.now },
    );
  } catch (error) {
    noteRefusal('webhook body not read', { error: reasonOf(error) }, Date.now());
    return { accepted: false, refusal: 'unavailable' };
  }
}

/** Counts a refusal or a duplicate. It is only a figure for the owner and must not turn its answer into an error. */
async function count(outcome: Outcome): Promise<void> {
  try {
    if (!outcome.accepted)
      await countRefusal(await connect(), outcome.refusal, dayOf(new Date().toISOString()));
    else if (outcome.duplicate) await countDuplicate(await connect());
  } catch (error) {
    const what = outcome.accepted ? 'duplicate not counted' : 'refusal not counted';
    noteRefusal(what, { error: reasonOf(error) }, Date.now());
  }
}

function tell(outcome: Outcome): void {
  if (outcome.accepted) {
    tellRefusalsOfBefore(Date.now());
    log.info(outcome.duplicate ? 'event known' : 'event stored', { key: outcome.key, type: outcome.type });
    return;
  }
  noteRefusal('webhook refused', { error: outcome.refusal, detail: outcome.detail }, Date.now());
}

/** `POST /mailgun/events`: answers 200, 406 or 503, as Mailgun understands them. */
export async function postWebhook(request: httpRequest, response: httpResponse): Promise<void> {
  const outcome = await receive(request);
  tell(outcome);
  await count(outcome);
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
