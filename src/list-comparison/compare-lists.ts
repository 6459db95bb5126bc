import type { httpRequest, httpResponse } from 'codehooks-js';
import { domainsToCompare } from '../backfill/domains-to-compare';
import { withLease } from '../backfill/lease';
import { log, reasonOf } from '../log';
import { accountsOf } from '../mailgun/account';
import { MailgunProblem } from '../mailgun/request';
import { type MailgunSettings, readMailgunSettings, readSuppressionSettings } from '../settings/settings';
import { type Connection, connect } from '../store/connection';
import { comparePlace } from './compare-place';
import { comparedLists, newPlace, type Place, readPlaces, writePlace } from './places';

/** How long a run begins further pages: with its last page it must fit a serverless time limit. */
const runTimeMs = 20_000;
/** The hour, UTC, from which on a night's comparison is due. */
const nightHour = 2;

/** When the last night's comparison was due, ISO. */
function lastNight(now: number): string {
  const night = new Date(now);
  night.setUTCHours(nightHour, 0, 0, 0);
  if (night.getTime() > now) night.setUTCDate(night.getUTCDate() - 1);
  return night.toISOString();
}

/** Whether a list is to be compared: never yet, begun and not finished, or the last time was before a moment. */
function isDue({ startedAt, comparedFrom }: Place, since: string): boolean {
  return startedAt !== null || comparedFrom === null || comparedFrom < since;
}

/** What came of a run. */
export interface Run {
  /** Whether somebody else runs. */
  isElsewhere: boolean;
  /** Whether nothing is left to compare. */
  isDone: boolean;
  /** What keeps Mailgun from answering. */
  problem: MailgunProblem | null;
}

async function compareDue(
  connection: Connection,
  settings: MailgunSettings,
  salt: string | null,
  { since, deadline }: { since: string; deadline: number },
): Promise<Run> {
  const { domains } = await domainsToCompare(connection, settings);
  const known = await readPlaces(connection);
  let isDone = true;
  let problem: MailgunProblem | null = null;
  for (const { domain, subaccount } of domains) {
    const own = { ...settings, subaccount };
    const { name } = accountsOf(settings, domain);
    for (const list of comparedLists) {
      const place = known.find((one) => one.domain === name && one.list === list) ?? newPlace(name, list);
      if (!isDue(place, since)) continue;
      if (Date.now() >= deadline) return { isElsewhere: false, isDone: false, problem };
      try {
        const after = await comparePlace(connection, own, domain, place, { deadline, salt });
        if (isDue(after, since)) isDone = false;
      } catch (error) {
        if (!(error instanceof MailgunProblem)) throw error;
        problem = error;
        log.warn("comparison with Mailgun's list stopped, the next run goes on", {
          domain: name,
          list,
          error: error.message,
        });
        const now = (await readPlaces(connection)).find((one) => one.domain === name && one.list === list);
        await writePlace(connection, { ...(now ?? place), lastError: error.message });
        isDone = false;
        // Whether it is this list or all of Mailgun, the time says: what passes is waited for.
        if (error.retryAfterSeconds !== null) return { isElsewhere: false, isDone, problem };
      }
    }
  }
  return { isElsewhere: false, isDone, problem };
}

/**
 * Compares the suppression lists of Mailgun that are due with what is stored, for a while.
 * @param since ISO: what was compared before is due
 * @param timeMs how long further pages are begun
 * @throws when storage fails
 */
export async function compareLists(
  connection: Connection,
  settings: MailgunSettings,
  salt: string | null,
  { since, timeMs }: { since: string; timeMs: number },
): Promise<Run> {
  const deadline = Date.now() + timeMs;
  const stopped = { isElsewhere: false, isDone: false };
  const run = await withLease<Run>(
    connection,
    'lists',
    () => compareDue(connection, settings, salt, { since, deadline }),
    (problem) => ({ ...stopped, problem }),
  );
  return run ?? { ...stopped, isElsewhere: true, problem: null };
}

/** The cron job: the first import of Mailgun's lists, and every night the comparison with them. */
export async function compareListsAtNight(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    const mailgun = readMailgunSettings();
    const suppressions = readSuppressionSettings();
    if ('problem' in mailgun) log.error("Mailgun's lists not compared", { error: mailgun.problem });
    else if ('problem' in suppressions)
      log.error("Mailgun's lists not compared", { error: suppressions.problem });
    else if (mailgun.settings.apiKeys.length > 0)
      await compareLists(await connect(), mailgun.settings, suppressions.settings.erasureSalt, {
        since: lastNight(Date.now()),
        timeMs: runTimeMs,
      });
  } catch (error) {
    log.error("comparison with Mailgun's lists failed, the next run will try again", {
      error: reasonOf(error),
    });
  }
  response.end();
}
