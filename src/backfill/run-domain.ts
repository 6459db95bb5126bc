import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { log, reasonOf } from '../log';
import { DomainNotFound } from '../mailgun/event-pages';
import { MailgunProblem } from '../mailgun/request';
import { findSubaccount } from '../mailgun/subaccounts';
import { type MailgunSettings, readMailgunSettings, readSettings } from '../settings/settings';
import { newRevision } from '../store/compare-and-set';
import { type Connection, connect } from '../store/connection';
import { enqueueAt, topics } from '../store/queue';
import { compareDomain, type Limits } from './compare-domain';
import { readCursor } from './cursors';
import type { Cursor } from './documents';
import { extendLease, holdLease, isPaused, pauseAfter, returnLease, takeLease } from './lease';
import { oldestKept } from './oldest-kept';

/** How long a run may take from its deadline on: with its last page, and a page that is stored meanwhile. */
export const lastPageMs = 60_000;
/** How long the lease of a run is held that has died; one that lives holds it anew when a third of that is over. */
const holdMs = 90_000;

/** Longest pause after which a run goes on by itself. */
const maxShortPauseMs = 240_000;

const job = v.object({
  payload: v.object({
    domain: v.string(),
    subaccount: v.nullable(v.string()),
    plannedAt: v.string(),
  }),
});
type Job = v.InferOutput<typeof job>['payload'];

/** Compares a domain, where it is not known by the subaccount that has it, if there is one. */
async function compare(
  connection: Connection,
  settings: MailgunSettings,
  domain: string,
  cursor: Cursor,
  limits: Limits,
): Promise<MailgunProblem | null> {
  const problem = await compareDomain(connection, settings, domain, cursor, limits);
  if (!(problem instanceof DomainNotFound)) return problem;
  try {
    const subaccount = await findSubaccount({ ...settings, subaccount: null }, domain);
    if (subaccount === null || subaccount === settings.subaccount) return problem;
    return await compareDomain(connection, { ...settings, subaccount }, domain, cursor, limits);
  } catch (error) {
    if (error instanceof MailgunProblem) return error;
    throw error;
  }
}

async function run(
  connection: Connection,
  settings: MailgunSettings,
  { domain, subaccount, plannedAt }: Job,
  given: Omit<Limits, 'isOurs'>,
): Promise<void> {
  const name = { domain };
  const holder = newRevision();
  const now = Date.now();
  let heldUntil = now + holdMs;
  if (!(await takeLease(connection, { name, holder, now, until: heldUntil }))) return;
  const isOurs = async () => {
    if (Date.now() < heldUntil - (2 * holdMs) / 3) return true;
    heldUntil = Date.now() + holdMs;
    return extendLease(connection, { name, holder, until: heldUntil });
  };
  try {
    const cursor = await readCursor(connection, domain);
    // Runs that waited in the queue for too long have been overtaken.
    if (cursor.lastRunAt !== null && cursor.lastRunAt >= plannedAt) return;
    if (await isPaused(connection, now)) return;
    const own = { ...settings, subaccount: subaccount ?? cursor.subaccount };
    const problem = await compare(connection, own, domain, cursor, { ...given, isOurs });
    const pauseMs = pauseAfter(problem);
    if (problem === null || pauseMs === 0) return;
    const until = Date.now() + pauseMs;
    await holdLease(connection, until, problem.message);
    // What is short is not left to the next start of the clock.
    if (pauseMs <= maxShortPauseMs)
      await enqueueAt(connection, topics.compare, new Date(until + 1000), {
        domain,
        subaccount: own.subaccount,
        plannedAt: new Date().toISOString(),
      });
  } finally {
    await returnLease(connection, name, holder, { heldUntil: 0 });
  }
}

/**
 * Makes the worker of the topic `compareMailgunDomain`: compares the events of one domain. It never throws: what is left
 * is the next run's.
 * @param runMs how long a run begins further pages
 */
export function domainWorker(runMs: number) {
  return async (request: httpRequest, response: httpResponse): Promise<void> => {
    try {
      const parsed = v.safeParse(job, request.body);
      const [webhook, mailgun] = [readSettings(), readMailgunSettings()];
      if (!parsed.success) log.error('job without the name of a domain');
      else if ('settings' in webhook && 'settings' in mailgun && mailgun.settings.apiKeys.length > 0)
        await run(await connect(), mailgun.settings, parsed.output.payload, {
          oldest: oldestKept(webhook.settings.retentionDays, Date.now()),
          deadline: Date.now() + runMs,
        });
    } catch (error) {
      log.error('back-fill of a domain failed, the next run will try again', { error: reasonOf(error) });
    }
    response.end();
  };
}
