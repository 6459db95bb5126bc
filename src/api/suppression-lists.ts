import * as v from 'valibot';
import { readLease } from '../backfill/lease';
import { compareLists } from '../list-comparison/compare-lists';
import { differencePosition, readDifferences } from '../list-comparison/differences';
import { type Place, readPlaces } from '../list-comparison/places';
import { type MailgunSettings, readMailgunSettings } from '../settings/settings';
import { decodeCursor, encodeCursor } from './page';
import { ApiError, parseInput, route, routeWithQuery } from './route';
import { suppressionSettings } from './suppression-view';

/** How long a step compares: it answers a request. */
const stepTimeMs = 5000;

function presentPlace({
  page: _,
  isRead: __,
  comparedFrom: ___,
  comparisons: ____,
  startedAt,
  ...place
}: Place) {
  return { ...place, isRunning: startedAt !== null };
}

/** The settings of Mailgun's API. @throws ApiError 400 when there is no key */
function configured(): MailgunSettings {
  const result = readMailgunSettings();
  if ('problem' in result) throw new ApiError(400, 'not_configured', result.problem);
  if (result.settings.apiKeys.length === 0)
    throw new ApiError(
      400,
      'not_configured',
      'The space has no MAILGUN_API_KEY: set it to an API key of the account, in .env or with coho set-env --encrypted.',
    );
  return result.settings;
}

/** `GET /api/suppressions/lists`: how far Mailgun's lists were compared. */
export const getLists = route(async (connection) => {
  const result = readMailgunSettings();
  const lease = await readLease(connection, 'lists');
  return {
    configured: 'settings' in result && result.settings.apiKeys.length > 0,
    problem: 'problem' in result ? result.problem : lease.lastError,
    items: (await readPlaces(connection)).map(presentPlace),
    next: null,
  };
});

const pull = v.strictObject({
  since: v.optional(v.pipe(v.string(), v.isoTimestamp('it must be a time such as 2026-11-24T04:10:00Z.'))),
});

/**
 * `POST /api/suppressions/pull {"since"}`: a step of `npm run suppressions -- pull`. What was compared before `since` is
 * compared anew; without it what never was.
 */
export const postPull = route(async (connection, request) => {
  const { since = '' } = parseInput(pull, request.body);
  const settings = configured();
  const { erasureSalt } = suppressionSettings();
  const run = await compareLists(connection, settings, erasureSalt, { since, timeMs: stepTimeMs });
  const lease = await readLease(connection, 'lists');
  const retrySeconds = run.isElsewhere
    ? Math.max(1, Math.ceil((lease.heldUntil - Date.now()) / 1000))
    : (run.problem?.retryAfterSeconds ?? null);
  const detail = run.isElsewhere ? (lease.lastError ?? 'Another run is under way.') : run.problem?.message;
  return {
    done: run.isDone,
    problem: detail === undefined ? null : { detail, retrySeconds },
    items: (await readPlaces(connection)).map(presentPlace),
  };
});

const cursorParameter = v.strictObject({ cursor: v.optional(v.string()) });

/** `GET /api/suppressions/differences?cursor=`: what only we, or only Mailgun's lists, hold, a step at a time. */
export const getDifferences = routeWithQuery(cursorParameter, async (connection, _, { cursor }) => {
  const at =
    cursor === undefined
      ? { side: 'here' as const, after: null }
      : decodeCursor(differencePosition, cursor, 'a list');
  const { differences, next } = await readDifferences(connection, at);
  return { items: differences, next: encodeCursor(next) };
});
