import * as v from 'valibot';
import { oldestKept } from '../backfill/oldest-kept';
import { type Stretch, stretch } from '../backfill/record';
import { takeSlice } from '../backfill/slice';
import { type MailgunSettings, readConfig, readMailgunSettings } from '../config';
import { accountsOf } from '../mailgun/account';
import { noCursor, readCursors, readLease } from '../store/backfill';
import { nameIn } from '../store/subject';
import { missedPerDay, readMissed } from './missed';
import { ApiError, parseInput, route } from './route';
import { from, to } from './span';

const everyDay = { from: null, to: null };

function isoOf(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

/** `GET /api/backfill`: how far Mailgun's own record was compared with ours, domain by domain. */
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
    const own = missed.filter(({ _id }) => `:${domain}`.endsWith(`:${nameIn('backfill', _id)}`));
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
    problem: 'problem' in mailgun ? mailgun.problem : lease.lastError,
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
  const [mailgun, config] = [readMailgunSettings(), readConfig()];
  if ('problem' in mailgun) throw new ApiError(400, 'not_configured', mailgun.problem);
  if ('problem' in config) throw new ApiError(400, 'not_configured', config.problem);
  if (mailgun.settings.apiKeys.length === 0)
    throw new ApiError(
      400,
      'not_configured',
      'The space has no MAILGUN_API_KEY: set it to an API key of the account, in .env or with coho set-env --encrypted.',
    );
  return { settings: mailgun.settings, retentionDays: config.config.retentionDays };
}

/** The domain as the settings have it: they know its region. */
function asConfigured(settings: MailgunSettings, domain: string): string {
  return settings.domains.find((known) => accountsOf(settings, known).name === domain) ?? domain;
}

function readCursor(cursor: string): Stretch {
  try {
    return v.parse(stretch, JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter cursor is not one that a back-fill has answered.',
    );
  }
}

/** `POST /api/backfill {"domain", "from", "to", "cursor"}`: a slice of `npm run backfill`. */
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
  const given = input.cursor === null ? { begin, end, page: null } : readCursor(input.cursor);
  const oldest = oldestKept(retentionDays, Date.now());
  const slice = await takeSlice(connection, settings, { ...given, domain }, oldest);
  const { seen, known, added, completeUntil, rest, problem } = slice;
  return {
    domain,
    from: input.from,
    to: isoOf(given.end),
    seen,
    known,
    added,
    checkedUntil: isoOf(completeUntil),
    problem: problem && { detail: problem.message, retrySeconds: problem.retrySeconds },
    next: rest === null ? null : Buffer.from(JSON.stringify(rest)).toString('base64url'),
  };
});
