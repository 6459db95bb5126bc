import type { httpRequest, httpResponse } from 'codehooks-js';
import { type MailgunSettings, readConfig, readMailgunSettings } from '../config';
import { log, reasonOf } from '../log';
import { MailgunProblem } from '../mailgun/ask';
import { listDomains } from '../mailgun/domains';
import { longestHold, noCursor, readCursors, returnLease, takeLease } from '../store/backfill';
import { type Connection, connect } from '../store/connection';
import { freshMark } from '../store/settle';
import { compareDomain } from './compare';
import { oldestKept } from './oldest-kept';

/** How long a run begins further pages, in milliseconds: with its last page it must fit a serverless time limit. */
const budget = 20_000;
/** How long the lease is held when a run dies, in milliseconds. */
const holdTime = 120_000;

/** @returns what keeps Mailgun from answering any domain, null when nothing does */
async function compareAll(
  connection: Connection,
  settings: MailgunSettings,
  retentionDays: number,
): Promise<MailgunProblem | null> {
  const deadline = Date.now() + budget;
  const oldest = oldestKept(retentionDays, Date.now());
  try {
    const domains = settings.domains.length > 0 ? settings.domains : await listDomains(settings);
    const cursors = await readCursors(connection);
    const lastRun = (domain: string) => cursors.get(domain)?.lastRunAt ?? '';
    // Who waited longest comes first, so that a domain with much to read does not keep the others waiting.
    for (const domain of [...domains].sort((a, b) => lastRun(a).localeCompare(lastRun(b)))) {
      const cursor = cursors.get(domain) ?? noCursor;
      const problem = await compareDomain(connection, settings, domain, cursor, { oldest, deadline });
      if (problem !== null && problem.retrySeconds !== null) return problem;
      if (Date.now() >= deadline) break;
    }
    return null;
  } catch (error) {
    if (error instanceof MailgunProblem) return error;
    throw error;
  }
}

async function run(connection: Connection, settings: MailgunSettings, retentionDays: number): Promise<void> {
  const holder = freshMark();
  const now = Date.now();
  if (!(await takeLease(connection, { holder, now, until: now + holdTime }))) return;
  let heldUntil = 0;
  let lastError: string | null = 'The storage failed. The next run goes on where this one stopped.';
  try {
    const problem = await compareAll(connection, settings, retentionDays);
    const pause = Math.min((problem?.retrySeconds ?? 0) * 1000, longestHold);
    if (pause > 0) heldUntil = Date.now() + pause;
    lastError = problem?.message ?? null;
  } finally {
    await returnLease(connection, holder, { heldUntil, lastRunAt: new Date().toISOString(), lastError });
  }
}

/**
 * The cron job: compares Mailgun's own record of events with ours and brings back what no webhook has
 * brought. Nothing else recovers a `delivered` that was missed.
 */
export async function backfill(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    const config = readConfig();
    const mailgun = readMailgunSettings();
    if ('problem' in mailgun) log.error('back-fill not configured', { error: mailgun.problem });
    else if ('config' in config && mailgun.settings.apiKeys.length > 0)
      await run(await connect(), mailgun.settings, config.config.retentionDays);
  } catch (error) {
    log.error('back-fill failed, the next run will try again', { error: reasonOf(error) });
  }
  response.end();
}
