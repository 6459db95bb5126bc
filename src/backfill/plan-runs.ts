import type { httpRequest, httpResponse } from 'codehooks-js';
import { log, reasonOf } from '../log';
import type { ListedDomain } from '../mailgun/domains';
import type { MailgunProblem } from '../mailgun/request';
import { type MailgunSettings, readMailgunSettings } from '../settings/settings';
import { type Connection, connect } from '../store/connection';
import { enqueue, topics } from '../store/queue';
import { readCursors, writeCursor } from './cursors';
import { domainsToCompare } from './domains-to-compare';
import { withLease } from './lease';

/** What the planning of the runs has come to. */
interface Planned {
  /** What keeps Mailgun from naming the domains. */
  readonly problem: MailgunProblem | null;
  /** What some accounts refuse, while others do not. */
  readonly unread: string | null;
}

/** Queues a run for each domain. The one that waited longest comes first. */
async function queueRuns(connection: Connection, settings: MailgunSettings): Promise<Planned> {
  const plannedAt = new Date().toISOString();
  const { domains, refusals } = await domainsToCompare(connection, settings);
  for (const error of refusals) log.warn('domains not compared', { error });
  const cursors = await readCursors(connection);
  const lastRun = ({ domain }: ListedDomain) => cursors.get(domain)?.lastRunAt ?? '';
  const inTurn = [...domains].sort((a, b) => lastRun(a).localeCompare(lastRun(b)));
  // A domain that is never compared is seen to be behind, too.
  for (const { domain } of inTurn)
    if (!cursors.has(domain))
      await writeCursor(connection, domain, { knownSince: Date.parse(plannedAt) / 1000 });
  for (const { domain, subaccount } of inTurn)
    await enqueue(connection, topics.compare, { domain, subaccount, plannedAt });
  return { problem: null, unread: refusals.length === 0 ? null : refusals.join(' ') };
}

/**
 * The cron job: has every domain's events at Mailgun compared with the event log, each by a run of its own
 * (`run-domain.ts`). Nothing else recovers a missed `delivered`.
 */
export async function planRuns(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    const mailgun = readMailgunSettings();
    if ('problem' in mailgun) log.error('back-fill not configured', { error: mailgun.problem });
    else if (mailgun.settings.apiKeys.length > 0) {
      const connection = await connect();
      await withLease<Planned>(
        connection,
        'events',
        () => queueRuns(connection, mailgun.settings),
        (problem) => ({ problem, unread: null }),
      );
    }
  } catch (error) {
    log.error('back-fill failed, the next run will try again', { error: reasonOf(error) });
  }
  response.end();
}
