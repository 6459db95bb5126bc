import * as v from 'valibot';
import { compareRange } from '../backfill/compare-range';
import { noCursor, readCursors } from '../backfill/cursors';
import { onBehalfOf } from '../backfill/domains-to-compare';
import { readLease } from '../backfill/lease';
import { oldestKept } from '../backfill/oldest-kept';
import { asConfigured } from '../mailgun/account';
import { eventRange } from '../mailgun/event-pages';
import { type MailgunSettings, readMailgunSettings, readSettings } from '../settings/settings';
import { nameOfDimension } from '../statistics/dimension';
import { missedPerDay, readMissed } from './missed';
import { decodeCursor, encodeCursor } from './page';
import { ApiError, parseInput, route } from './route';
import { from, to } from './span';

const everyDay = { from: null, to: null };

function isoOf(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

/** `GET /api/backfill`: how far Mailgun's events were compared with ours, domain by domain. */
export const getBackfill = route(async (connection) => {
  const mailgun = readMailgunSettings();
  const settings = 'settings' in mailgun ? mailgun.settings : null;
  const [cursors, lease, missed] = await Promise.all([
    readCursors(connection),
    readLease(connection),
    readMissed(connection, null),
  ]);
  const domains = settings?.domains.length ? settings.domains : [...cursors.keys()].sort();
  const items = domains.map((domain) => {
    const { checkedUntil, lastRunAt, lastError } = cursors.get(domain) ?? noCursor;
    const own = missed.filter(({ _id }) => `:${domain}`.endsWith(`:${nameOfDimension('backfill', _id)}`));
    return {
      domain,
      checkedUntil: isoOf(checkedUntil),
      lastRunAt,
      lastError,
      missed: missedPerDay(own, everyDay),
    };
  });
  return {
    configured: settings !== null && settings.apiKeys.length > 0,
    problem: 'problem' in mailgun ? mailgun.problem : (lease.lastError ?? lease.unread),
    items,
    missed: missedPerDay(missed, everyDay),
    next: null,
  };
});

const body = v.strictObject({
  domain: v.pipe(
    v.string(),
    v.toLowerCase(),
    v.regex(/^((us|eu):)?[a-z0-9_-]+(\.[a-z0-9_-]+)+$/, 'it must be a domain such as mg.example.com.'),
  ),
  from,
  to: v.optional(to),
  cursor: v.optional(v.nullable(v.string()), null),
});

function configured(): { settings: MailgunSettings; retentionDays: number } {
  const [mailgun, webhook] = [readMailgunSettings(), readSettings()];
  if ('problem' in mailgun) throw new ApiError(400, 'not_configured', mailgun.problem);
  if ('problem' in webhook) throw new ApiError(400, 'not_configured', webhook.problem);
  if (mailgun.settings.apiKeys.length === 0)
    throw new ApiError(
      400,
      'not_configured',
      'The space has no MAILGUN_API_KEY: set it to an API key of the account, in .env or with coho set-env --encrypted.',
    );
  return { settings: mailgun.settings, retentionDays: webhook.settings.retentionDays };
}

/** `POST /api/backfill {"domain", "from", "to", "cursor"}`: a step of `npm run backfill`. */
export const postBackfill = route(async (connection, request) => {
  const input = parseInput(body, request.body);
  const { settings, retentionDays } = configured();
  const domain = asConfigured(settings, input.domain);
  const begin = Date.parse(input.from) / 1000;
  const end = (input.to === undefined ? Date.now() : Date.parse(input.to)) / 1000;
  if (end <= begin)
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter from is not accepted: it must lie before to, and before now.',
    );
  const given =
    input.cursor === null
      ? { begin, end, page: null }
      : decodeCursor(eventRange, input.cursor, 'a back-fill');
  const oldest = oldestKept(retentionDays, Date.now());
  const own = await onBehalfOf(connection, settings, domain);
  const compared = await compareRange(connection, own, { ...given, domain }, oldest);
  const { seen, known, added, completeUntil, rest, problem } = compared;
  return {
    domain,
    from: input.from,
    to: isoOf(given.end),
    seen,
    known,
    added: Object.fromEntries(added),
    checkedUntil: isoOf(completeUntil),
    problem: problem && { detail: problem.message, retrySeconds: problem.retryAfterSeconds },
    next: encodeCursor(rest),
  };
});
