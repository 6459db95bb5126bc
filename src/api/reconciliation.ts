import * as v from 'valibot';
import { readLease } from '../backfill/lease';
import { accountsOf, asConfigured } from '../mailgun/account';
import { differencesBetween } from '../reconciliation/compared-counters';
import { type ReconciledDay, readDays } from '../reconciliation/day-document';
import { completeDays, isDueSince } from '../reconciliation/due-days';
import { isKnown } from '../reconciliation/reasons';
import { reconcile } from '../reconciliation/reconcile';
import { mainCauses, summarise, tellCause } from '../reconciliation/tell';
import { readMailgunSettings, readSettings } from '../settings/settings';
import { withoutZeros } from '../statistics/counters';
import { ApiError, parseInput, route, routeWithQuery } from './route';
import { day } from './span';

const dayMs = 86_400_000;
/** Days that are shown without a span. */
const shownDays = 31;
/** Most days of one comparison: Mailgun keeps days for a year. */
const maxDays = 366;
/** How long a step compares: it answers a request. */
const stepTimeMs = 5000;

const domain = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(/^((us|eu):)?[a-z0-9_-]+(\.[a-z0-9_-]+)+$/, 'it must be a domain such as mg.example.com.'),
);

const spanQuery = v.strictObject({ from: v.optional(day), to: v.optional(day), domain: v.optional(domain) });

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

function invalid(sentence: string): ApiError {
  return new ApiError(400, 'invalid_parameter', sentence);
}

/** A span of days. @throws ApiError 400 when it is none, or too long */
function spanOf(from: string, to: string): { from: string; to: string } {
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (days < 1) throw invalid('The parameter from is not accepted: it must not lie behind to.');
  if (days > maxDays) throw invalid(`The parameter from is not accepted: ${maxDays} days are the most.`);
  return { from, to };
}

/** A day as the API shows it. */
function presentDay(one: ReconciledDay) {
  const { domain: name, day: date, step, state, finishedAt, lastError, openSince, ours, mailgun } = one;
  return {
    domain: name,
    day: date,
    state: finishedAt === null ? 'open' : (state ?? 'open'),
    isRunning: step !== null,
    finishedAt,
    openSince,
    lastError,
    ours: withoutZeros(ours),
    mailgun: Object.fromEntries(Object.entries(mailgun).filter(([, count]) => count !== 0)),
    differences: finishedAt === null ? [] : differencesBetween(ours, mailgun),
    causes: one.causes.map((cause) => ({
      ...cause,
      isKnown: isKnown(cause.reason),
      sentence: tellCause(cause),
    })),
    sentences: mainCauses(one.causes).map(tellCause),
    onlyOurs: one.onlyOurs,
    broughtBack: one.broughtBack,
  };
}

/** `GET /api/reconciliation?from=&to=&domain=`: how our numbers compare with Mailgun's. Mailgun is not asked. */
export const getReconciliation = routeWithQuery(spanQuery, async (connection, _, query) => {
  const result = readMailgunSettings();
  const lease = await readLease(connection, 'numbers');
  const to = query.to ?? dayOf(Date.now());
  const span = spanOf(query.from ?? dayOf(Date.parse(to) - (shownDays - 1) * dayMs), to);
  const wanted = query.domain?.replace(/^(us|eu):/, '');
  const days = (await readDays(connection, span.from, span.to)).filter(
    (one) => wanted === undefined || one.domain === wanted,
  );
  return {
    configured: 'settings' in result && result.settings.apiKeys.length > 0,
    problem: 'problem' in result ? result.problem : lease.lastError,
    lastRunAt: lease.lastRunAt,
    ...span,
    summary: summarise(days),
    items: days.map(presentDay),
    next: null,
  };
});

const body = v.strictObject({
  from: day,
  to: day,
  domain: v.optional(domain),
  since: v.optional(v.pipe(v.string(), v.isoTimestamp('it must be a time such as 2026-11-24T04:10:00Z.'))),
});

/**
 * `POST /api/reconciliation {"from", "to", "domain", "since"}`: a step of `npm run reconcile`. What was compared before
 * `since` is compared anew; without it what never was.
 */
export const postReconciliation = route(async (connection, request) => {
  const input = parseInput(body, request.body);
  const [mailgun, webhook] = [readMailgunSettings(), readSettings()];
  if ('problem' in mailgun) throw new ApiError(400, 'not_configured', mailgun.problem);
  if ('problem' in webhook) throw new ApiError(400, 'not_configured', webhook.problem);
  const { settings } = mailgun;
  if (settings.apiKeys.length === 0)
    throw new ApiError(
      400,
      'not_configured',
      'The space has no MAILGUN_API_KEY: set it to an API key of the account, in .env or with coho set-env --encrypted.',
    );
  const span = spanOf(input.from, input.to);
  const days = completeDays(span.from, span.to, Date.now());
  if (days.length === 0)
    throw invalid('The parameter from is not accepted: its day is complete two hours after its end.');
  const since = input.since ?? '';
  const domains = input.domain === undefined ? null : [asConfigured(settings, input.domain)];
  const isDue = (one: ReconciledDay) => isDueSince(one, since);
  const run = await reconcile(
    connection,
    settings,
    { domains, days, isDue },
    { retentionDays: webhook.settings.retentionDays, timeMs: stepTimeMs },
  );
  const lease = await readLease(connection, 'numbers');
  const name = domains?.[0] && accountsOf(settings, domains[0]).name;
  const known = (await readDays(connection, days[0] ?? '', days.at(-1) ?? '')).filter(
    (one) => name === undefined || one.domain === name,
  );
  const retrySeconds = run.isElsewhere
    ? Math.max(1, Math.ceil((lease.heldUntil - Date.now()) / 1000))
    : (run.problem?.retryAfterSeconds ?? null);
  const detail = run.isElsewhere ? (lease.lastError ?? 'Another run is under way.') : run.problem?.message;
  return {
    from: days[0],
    to: days.at(-1),
    done: run.isDone,
    waiting: run.isWaiting,
    compared: known.filter((one) => !isDue(one)).length,
    problem: detail === undefined ? null : { detail, retrySeconds },
  };
});
