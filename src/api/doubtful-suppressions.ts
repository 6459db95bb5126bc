import * as v from 'valibot';
import { asConfigured } from '../mailgun/account';
import { MailgunProblem } from '../mailgun/request';
import { removeSuppressions } from '../mailgun/suppressions';
import { readMailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { addressesOfBlock, readBlocks } from '../subscribers/blocks';
import { decide } from '../subscribers/decide';
import type { Suppression } from '../suppressions/suppression';
import { parseInput, route } from './route';
import { liftOf } from './suppression-decisions';

/** `GET /api/suppressions/doubtful`: doubtful suppressions by day, provider and code, the largest block first. */
export const getDoubtful = route(async (connection) => ({ items: await readBlocks(connection), next: null }));

const text = v.string('it must be a text.');
const lift = v.strictObject({
  day: v.pipe(text, v.isoDate('it must be a day such as 2026-11-12.')),
  provider: text,
  code: text,
  by: v.optional(text),
  why: v.optional(text),
  cursor: v.optional(v.nullable(text), null),
});

/** How long a step goes on: it answers a request. */
const stepTimeMs = 5000;
const batchSize = 50;

const byHand =
  'Mailgun still refuses these addresses: set MAILGUN_API_KEY and lift them again, or remove them from the bounces of your domain at Mailgun.';

/** Lifts one address: first at Mailgun, so that what fails there is tried again. */
async function liftAddress(
  connection: Connection,
  email: string,
  suppressions: readonly Suppression[],
  note: { by: string | null; why: string | null },
): Promise<boolean> {
  const mailgun = readMailgunSettings();
  const settings = 'settings' in mailgun && mailgun.settings.apiKeys.length > 0 ? mailgun.settings : null;
  for (const { list, domain, scope } of suppressions) {
    if (settings !== null && domain !== null)
      await removeSuppressions(settings, [asConfigured(settings, domain)], email, { list, scope: null });
    await decide(connection, email, liftOf({ list, domain, scope, ...note }));
  }
  return settings !== null;
}

/**
 * `POST /api/suppressions/doubtful/lift {"day", "provider", "code", "by", "why", "cursor"}`: lifts a block here and at
 * Mailgun, a step at a time.
 */
export const liftDoubtful = route(async (connection, request) => {
  const { cursor, by = null, why = null, ...block } = parseInput(lift, request.body);
  const deadline = Date.now() + stepTimeMs;
  let after = cursor ?? '';
  let lifted = 0;
  let isAtMailgun = true;
  let problem: MailgunProblem | null = null;
  let isOver = false;
  while (!isOver && problem === null && Date.now() < deadline) {
    const batch = await addressesOfBlock(connection, block, after, batchSize);
    isOver = batch.length < batchSize;
    for (const { email, suppressions } of batch) {
      if (Date.now() >= deadline) {
        isOver = false;
        break;
      }
      try {
        isAtMailgun = (await liftAddress(connection, email, suppressions, { by, why })) && isAtMailgun;
      } catch (error) {
        if (!(error instanceof MailgunProblem)) throw error;
        problem = error;
        break;
      }
      lifted += 1;
      after = email;
    }
  }
  return {
    lifted,
    mailgun: isAtMailgun ? null : byHand,
    problem: problem && { detail: problem.message, retrySeconds: problem.retryAfterSeconds },
    next: isOver && problem === null ? null : after,
  };
});
