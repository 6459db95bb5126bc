import * as v from 'valibot';
import { type Delivery, messageIdOf } from '../delivery';
import type { Endpoint } from '../endpoint';
import { slackMessage } from '../message/slack';
import { teamsMessage } from '../message/teams';
import { webhookMessage } from '../message/webhook';
import { type StoredNotice, storedNotice } from '../notice';
import { type Outcome, outcomeOf } from './outcome';
import { NoAnswer, PrivateDestination, post } from './post';
import { sendMail } from './send-mail';
import { signedHeaders } from './standard-webhook';

/** Headers and body of the request that tells a notice. */
function requestOf(
  endpoint: Exclude<Endpoint, { kind: 'email' }>,
  notice: StoredNotice,
  id: string,
  nowMs: number,
): { headers: Record<string, string>; body: string } {
  const headers = { 'content-type': 'application/json', 'user-agent': 'mailgun-webhook-handler' };
  if (endpoint.kind === 'slack') return { headers, body: JSON.stringify(slackMessage(notice)) };
  if (endpoint.kind === 'teams') return { headers, body: JSON.stringify(teamsMessage(notice)) };
  const body = JSON.stringify(webhookMessage(notice));
  return { headers: { ...headers, ...signedHeaders(endpoint.secret, { id, body, nowMs }) }, body };
}

/** Sends what a delivery is about. @returns what became of it: whatever the receiver does is an outcome */
export async function send(
  endpoint: Endpoint,
  { _id, notice: text }: Pick<Delivery, '_id' | 'notice'>,
  allowPrivate: boolean,
): Promise<Outcome> {
  const notice = v.parse(storedNotice, JSON.parse(text));
  const id = messageIdOf(_id);
  if (endpoint.kind === 'email') return sendMail(endpoint, notice, id);
  const { headers, body } = requestOf(endpoint, notice, id, Date.now());
  try {
    const answer = await post({ url: new URL(endpoint.url), headers, body, allowPrivate });
    return outcomeOf(answer, Date.now());
  } catch (error) {
    if (error instanceof PrivateDestination)
      return { result: 'refused', status: null, reason: error.message };
    if (!(error instanceof NoAnswer)) throw error;
    return {
      result: 'failed',
      status: null,
      reason: `The destination did not answer: ${error.message}.`,
      retryAfterSeconds: null,
    };
  }
}
