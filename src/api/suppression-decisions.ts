import * as v from 'valibot';
import { parseDomain } from '../events/domain-name';
import { parseMailbox } from '../events/mailbox';
import { decide } from '../subscribers/decide';
import { findSubscriber } from '../subscribers/subscribers';
import { allow, allowlist, disallow } from '../suppressions/allowlist';
import type { Change } from '../suppressions/change';
import { liftErased } from '../suppressions/erased';
import { readChanges } from '../suppressions/feed';
import {
  allMail,
  type Decision,
  type Selector,
  scopeOfList,
  scopeOfTag,
  suppressionLists,
} from '../suppressions/suppression';
import { listRoutes } from './list';
import { addAtMailgun, removeAtMailgun } from './mailgun-suppressions';
import { ApiError, parseInput, pathParameter, route, routeWithQuery } from './route';
import { from } from './span';
import { addressOf, presentSubscriber } from './subscriber-view';
import { domainOf, mailingListOf, presentSuppression, suppressionSettings } from './suppression-view';

const text = v.string('it must be a text.');
const note = { by: v.optional(text), why: v.optional(text) };
const scopeFields = {
  list: v.optional(v.picklist(suppressionLists, `it must be one of ${suppressionLists.join(', ')}.`)),
  domain: v.optional(text),
  tag: v.optional(text),
  mailingList: v.optional(text),
};

/** A lift of what is meant, of everything without more. */
export function liftOf({
  by = null,
  why = null,
  source = 'person',
  at = new Date().toISOString(),
  ...meant
}: Partial<Selector & Pick<Decision, 'by' | 'why' | 'source' | 'at'>>): Decision {
  return {
    kind: 'lift',
    list: null,
    domain: null,
    scope: null,
    ...meant,
    at,
    until: null,
    since: null,
    source,
    by,
    why,
  };
}

/** The scope that a tag or a mailing list names. @throws ApiError 400 when both are given, or a scope where there is none */
function scopeOf(input: { tag?: string | undefined; mailingList?: string | undefined }): string | null {
  const { tag, mailingList } = input;
  if (tag !== undefined && mailingList !== undefined)
    throw new ApiError(400, 'invalid_parameter', 'The parameters tag and mailingList exclude each other.');
  if (mailingList !== undefined) return scopeOfList(mailingListOf(mailingList));
  if (tag === undefined) return null;
  return tag === allMail ? allMail : scopeOfTag(tag.trim().toLowerCase());
}

const lift = v.strictObject({ ...scopeFields, ...note });

/** `POST /api/suppressions/:email/lift {"list", "domain", "tag", "mailingList", "by", "why"}`: here and at Mailgun. */
export const liftSuppression = route(async (connection, request) => {
  const email = addressOf(pathParameter(request, 'email'));
  const input = parseInput(lift, request.body);
  const meant = {
    list: input.list ?? null,
    domain: input.domain === undefined ? null : domainOf(input.domain),
    scope: scopeOf(input),
  };
  const { erasureSalt } = suppressionSettings();
  if (erasureSalt !== null) await liftErased(connection, email, erasureSalt, meant);
  if ((await findSubscriber(connection, email)) === null)
    throw new ApiError(404, 'not_found', 'Nothing is known of this address.');
  const { by = null, why = null } = input;
  const subscriber = await decide(connection, email, liftOf({ ...meant, by, why }));
  if (subscriber === null) throw new ApiError(404, 'not_found', 'Nothing is known of this address.');
  return {
    subscriber: presentSubscriber(subscriber),
    mailgun: await removeAtMailgun(connection, email, meant),
  };
});

const add = v.strictObject({
  ...scopeFields,
  email: text,
  since: v.optional(from),
  until: v.optional(from),
  mailgun: v.optional(v.boolean(), false),
  ...note,
});

/** What somebody adds, as a decision. @throws ApiError 400 */
export function additionOf(
  input: Omit<v.InferOutput<typeof add>, 'email' | 'mailgun'>,
  source: 'person' | 'import',
): Decision {
  const { list = 'manual', domain, since = null, until = null, by = null, why = null } = input;
  if (list === 'soft')
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter list is not accepted: soft bounces are counted, not added.',
    );
  const scope = scopeOf(input);
  if (scope !== null && list !== 'unsubscribe' && list !== 'manual')
    throw new ApiError(
      400,
      'invalid_parameter',
      `The parameter tag is not accepted: a ${list} is about all mail.`,
    );
  return {
    kind: 'add',
    list,
    domain: domain === undefined ? null : domainOf(domain),
    scope: scope ?? allMail,
    at: new Date().toISOString(),
    since,
    until,
    source,
    by,
    why,
  };
}

/** `POST /api/suppressions {"email", "list", "domain", "tag", "mailingList", "since", "until", "by", "why", "mailgun"}` */
export const addSuppression = route(async (connection, request) => {
  const { email: given, mailgun, ...input } = parseInput(add, request.body);
  const email = addressOf(given);
  const decision = additionOf(input, 'person');
  const subscriber = await decide(connection, email, decision);
  if (subscriber === null) throw new ApiError(404, 'not_found', 'The address was erased meanwhile.');
  return {
    subscriber: presentSubscriber(subscriber),
    mailgun: mailgun ? await addAtMailgun(connection, email, decision) : null,
  };
});

const allowing = v.strictObject({ value: text, ...note });

/** An address or a domain. @throws ApiError 400 when it is neither */
function allowedValue(given: string): string {
  const value = given.includes('@') ? parseMailbox(given) : parseDomain(given);
  if (value === null)
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter value is not accepted: it must be an address or a domain.',
    );
  return value;
}

/** `POST /api/allowlist {"value", "by", "why"}`: bounces of an address, or of all addresses of a domain, do not count. */
export const addAllowed = route(async (connection, request) => {
  const { value: given, by = null, why = null } = parseInput(allowing, request.body);
  const value = allowedValue(given);
  const fields = {
    value,
    domain: null,
    source: 'person',
    at: new Date().toISOString(),
    by,
    why,
    seenAt: null,
  } as const;
  await allow(connection, fields);
  const { seenAt: _, ...shown } = fields;
  return shown;
});

/** `DELETE /api/allowlist/:value` */
export const removeAllowed = route(async (connection, request) => {
  const value = allowedValue(pathParameter(request, 'value'));
  await disallow(connection, value);
  return { value, removed: true };
});

/** `GET /api/allowlist` */
export const allowed = listRoutes({
  parameters: {},
  select: () => ({ collection: allowlist, filter: { value: { $gt: '' } }, by: '_id', descending: false }),
  present: ({ _id: _, seenAt: __, ...shown }) => shown,
  columns: ['value', 'domain', 'source', 'at', 'by', 'why'],
});

const feedParameters = v.strictObject({
  after: v.optional(
    v.pipe(v.string(), v.regex(/^(\d{1,12}\.\d{1,6})?$/, 'it must be a next of this feed.')),
    '',
  ),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([1-9]\d{0,2}|1000)$/, 'it must be a whole number from 1 to 1000.'),
      v.transform(Number),
    ),
    '100',
  ),
});

function presentChange({ suppression, ...change }: Change) {
  return { ...change, suppression: presentSuppression(suppression) };
}

/** `GET /api/suppressions/changes?after=&limit=`: every change in order. `next` is where to go on, also at the end. */
export const getChanges = routeWithQuery(feedParameters, async (connection, _, { after, limit }) => {
  const [slot = 0, changes = 0] = after.split('.').map(Number);
  const read = await readChanges(connection, { slot, changes }, limit);
  return { items: read.changes.map(presentChange), next: `${read.next.slot}.${read.next.changes}` };
});
