import type { httpRequest, httpResponse } from 'codehooks-js';
import { domainsToCompare, onBehalfOf } from '../backfill/domains-to-compare';
import { withLease } from '../backfill/lease';
import { oldestKept } from '../backfill/oldest-kept';
import { log, reasonOf } from '../log';
import { accountsOf } from '../mailgun/account';
import { MailgunProblem } from '../mailgun/request';
import { type MailgunSettings, readMailgunSettings, readSettings } from '../settings/settings';
import { firstBucketFrom } from '../statistics/buckets';
import { type Connection, connect } from '../store/connection';
import { mailgunDays } from './day-counts';
import { newDay, type ReconciledDay, readDay, readDays, writeDay } from './day-document';
import { daysOfNight, isDueAtNight, lastNight } from './due-days';
import { type Progress, reconcileDay } from './reconcile-day';

/** How long a run begins further steps: with its last one it must fit a serverless time limit. */
const runTimeMs = 20_000;
/** What is to be compared. */
export interface Wanted {
  /** Domains as the settings have them; null: all. */
  readonly domains: readonly string[] | null;
  readonly days: readonly string[];
  isDue(day: ReconciledDay): boolean;
}

/** What came of a run. */
export interface Run {
  /** Whether somebody else runs. */
  readonly isElsewhere: boolean;
  /** Whether nothing is left to compare, but for what Mailgun refuses. */
  readonly isDone: boolean;
  /** Whether events that were brought back have to be counted first. */
  readonly isWaiting: boolean;
  /** What keeps Mailgun from answering. */
  readonly problem: MailgunProblem | null;
}

const outOfTime: Run = { isElsewhere: false, isDone: false, isWaiting: false, problem: null };

interface Limits {
  readonly oldest: string;
  readonly deadline: number;
}

/** Writes on a day why it could not be compared. */
async function note(connection: Connection, domain: string, day: string, lastError: string): Promise<void> {
  const before = await readDay(connection, domain, day);
  const openSince = before.openSince ?? new Date().toISOString();
  await writeDay(connection, before, { lastError, openSince });
}

/** Compares the days of a domain that are due. @throws when storage fails */
async function compareDomain(
  connection: Connection,
  settings: MailgunSettings,
  configured: string,
  due: readonly ReconciledDay[],
  limits: Limits,
): Promise<Run> {
  const { name: domain } = accountsOf(settings, configured);
  let current = due[0]?.day ?? '';
  let isWaiting = false;
  try {
    const counts = await mailgunDays(settings, configured, { from: current, to: due.at(-1)?.day ?? '' });
    for (const { day } of due) {
      if (Date.now() >= limits.deadline) return { ...outOfTime, isWaiting };
      current = day;
      const question = { configured, domain, mailgun: counts.get(day) ?? {} };
      const stored = await readDay(connection, domain, day);
      const progress: Progress = await reconcileDay(connection, settings, question, stored, limits);
      if (progress === 'elsewhere') return { ...outOfTime, isElsewhere: true };
      if (progress === 'more') return { ...outOfTime, isWaiting };
      isWaiting ||= progress === 'waiting';
    }
    return { isElsewhere: false, isDone: !isWaiting, isWaiting, problem: null };
  } catch (error) {
    if (!(error instanceof MailgunProblem)) throw error;
    log.warn("comparison with Mailgun's numbers stopped, the next run goes on", {
      domain,
      error: error.message,
    });
    await note(connection, domain, current, error.message);
    return { isElsewhere: false, isDone: false, isWaiting, problem: error };
  }
}

async function compareDue(
  connection: Connection,
  settings: MailgunSettings,
  { domains, days, isDue }: Wanted,
  limits: Limits,
): Promise<Run> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return { ...outOfTime, isDone: true };
  const all =
    domains?.map((domain) => ({ domain, subaccount: null })) ??
    (await domainsToCompare(connection, settings)).domains;
  const known = new Map(
    (await readDays(connection, first, last)).map((one) => [`${one.domain}|${one.day}`, one]),
  );
  const total = {
    isElsewhere: false,
    isDone: true,
    isWaiting: false,
    problem: null as MailgunProblem | null,
  };
  for (const { domain: configured, subaccount } of all) {
    const { name } = accountsOf(settings, configured);
    const due = days.map((day) => known.get(`${name}|${day}`) ?? newDay(name, day)).filter(isDue);
    if (due.length === 0) continue;
    if (Date.now() >= limits.deadline) return { ...total, isDone: false };
    const own =
      subaccount === null ? await onBehalfOf(connection, settings, configured) : { ...settings, subaccount };
    const run = await compareDomain(connection, own, configured, due, limits);
    total.isDone &&= run.isDone;
    total.isWaiting ||= run.isWaiting;
    total.problem ??= run.problem;
    // What Mailgun refuses for good of one domain must not hold up the others.
    if (run.isElsewhere || (run.problem?.retryAfterSeconds ?? null) !== null)
      return { ...total, isElsewhere: run.isElsewhere, problem: run.problem };
  }
  return total;
}

/**
 * Compares numbers with Mailgun's for a while. There is one runner at a time; the next one goes on where it ends or dies.
 * @param timeMs how long further steps are begun
 * @throws when storage fails
 */
export async function reconcile(
  connection: Connection,
  settings: MailgunSettings,
  wanted: Wanted,
  { retentionDays, timeMs }: { retentionDays: number; timeMs: number },
): Promise<Run> {
  const now = Date.now();
  const limits = { oldest: oldestKept(retentionDays, now), deadline: now + timeMs };
  const run = await withLease<Run>(
    connection,
    'numbers',
    () => compareDue(connection, settings, wanted, limits),
    (problem) => ({ ...outOfTime, problem }),
  );
  return run ?? { ...outOfTime, isElsewhere: true };
}

/** The cron job: compares the last days with Mailgun's numbers every night, and again those that differed. */
export async function reconcileAtNight(_: httpRequest, response: httpResponse): Promise<void> {
  try {
    const [webhook, mailgun] = [readSettings(), readMailgunSettings()];
    if ('problem' in mailgun) log.error("numbers not compared with Mailgun's", { error: mailgun.problem });
    else if ('settings' in webhook && mailgun.settings.apiKeys.length > 0) {
      const connection = await connect();
      const now = Date.now();
      const days = daysOfNight(await firstBucketFrom(connection, 'day', ''), now);
      const night = lastNight(now);
      const wanted = { domains: null, days, isDue: (day: ReconciledDay) => isDueAtNight(day, night) };
      const { retentionDays } = webhook.settings;
      if (days.length > 0)
        await reconcile(connection, mailgun.settings, wanted, { retentionDays, timeMs: runTimeMs });
    }
  } catch (error) {
    log.error("comparison with Mailgun's numbers failed, the next run will try again", {
      error: reasonOf(error),
    });
  }
  response.end();
}
