import type { httpRequest, httpResponse } from 'codehooks-js';
import { log, reasonOf } from '../log';
import { listDomains } from '../mailgun/domains';
import { MailgunProblem } from '../mailgun/request';
import { type MailgunSettings, readMailgunSettings, readSettings } from '../settings/settings';
import { newRevision } from '../store/compare-and-set';
import { type Connection, connect } from '../store/connection';
import { compareDomain } from './compare-domain';
import { noCursor, readCursors } from './cursors';
import { maxHoldMs, returnLease, takeLease } from './lease';
import { oldestKept } from './oldest-kept';

/** How long a run begins further pages: with its last page it must fit a serverless time limit. */
const runTimeMs = 20_000;
/** How long the lease is held when a run dies. */
const holdMs = 120_000;

/** @returns what keeps Mailgun from answering any domain, null when nothing does */
async function compareAll(
  connection: Connection,
  settings: MailgunSettings,
  retentionDays: number,
): Promise<MailgunProblem | null> {
  const deadline = Date.now() + runTimeMs;
  const oldest = oldestKept(retentionDays, Date.now());
  try {
    const domains = settings.domains.length > 0 ? settings.domains : await listDomains(settings);
    const cursors = await readCursors(connection);
    const lastRun = (domain: string) => cursors.get(domain)?.lastRunAt ?? '';
    // The domain that waited longest comes first, so that a domain with much to read does not keep the others waiting.
    for (const domain of [...domains].sort((a, b) => lastRun(a).localeCompare(lastRun(b)))) {
      const cursor = cursors.get(domain) ?? noCursor;
      const problem = await compareDomain(connection, settings, domain, cursor, { oldest, deadline });
      if (problem !== null && problem.retryAfterSeconds !== null) return problem;
      if (Date.now() >= deadline) break;
    }
    return null;
  } catch (error) {
    if (error instanceof MailgunProblem) return error;
    throw error;
  }
}

async function run(connection: Connection, settings: MailgunSettings, retentionDays: number): Promise<void> {
  const holder = newRevision();
  const now = Date.now();
  if (!(await takeLease(connection, { holder, now, until: now + holdMs }))) return;
  let heldUntil = 0;
  let lastError: string | null = 'The storage failed. The next run goes on where this one stopped.';
  try {
    const problem = await compareAll(connection, settings, retentionDays);
    const pauseMs = Math.min((problem?.retryAfterSeconds ?? 0) * 1000, maxHoldMs);
    if (pauseMs > 0) heldUntil = Date.now() + pauseMs;
    lastError = problem?.message ?? null;
  } finally {
    await returnLease(connection, holder, { heldUntil, lastRunAt: new Date().toISOString(), lastError });
  }
}

/**
 * The cron job: compares Mailgun's events with the event log and stores what no webhook has
 * delivered. Nothing else recovers a missed `delivered`.
 */
export async function backfill(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    const webhook = readSettings();
    const mailgun = readMailgunSettings();
    if ('problem' in mailgun) log.error('back-fill not configured', { error: mailgun.problem });
    else if ('settings' in webhook && mailgun.settings.apiKeys.length > 0)
      await run(await connect(), mailgun.settings, webhook.settings.retentionDays);
  } catch (error) {
    log.error('back-fill failed, the next run will try again', { error: reasonOf(error) });
  }
  response.end();
}
