import * as v from 'valibot';
import type { MailgunEvent } from './event';
import { eventFields, toldFields } from './fields';
import type { FormFields } from './form';
import { normalise } from './normalise';
import { formNamesOf, formReader } from './told';
import { readShortText, readText } from './value';

/** Fields of Mailgun that a form may repeat. Of any other the first is Mailgun's and the rest are variables. */
const repeatedFields = new Set(['tag', 'X-Mailgun-Tag', 'X-Mailgun-Variables', 'X-Mailgun-Sid']);
/** Fields of which the last is Mailgun's. They are new in every copy of an event. */
const signedFields = new Set(['timestamp', 'token', 'signature']);

/** What Mailgun's own fields are on the events without message headers: opens, clicks and unsubscribes. */
const mailgunFields = new Set([
  'event',
  'recipient',
  'domain',
  ...formNamesOf(toldFields, eventFields.clientInfo.parts, eventFields.geolocation.parts),
  'campaign-id',
  'campaign-name',
  'mailing-list',
  'message-headers',
  'attachment-count',
  'Message-Id',
  'message-id',
  'X-Mailgun-Incoming',
  'h',
  'body-plain',
]);

/** The legacy names of failures: both mean that nothing more will be tried. */
const failureNames: Record<string, { reason: string | null }> = {
  bounced: { reason: 'bounce' },
  dropped: { reason: null },
};

/** Where nothing is known of a place Mailgun's legacy forms say `unknown`. */
function place(value: unknown): string | null {
  const text = readText(value);
  return text?.toLowerCase() === 'unknown' ? null : text;
}

const readTold = formReader(toldFields, readShortText);
const readStatus = formReader(eventFields.deliveryStatus.parts);
const readClient = formReader(eventFields.clientInfo.parts);
const readPlace = formReader(eventFields.geolocation.parts, place);

const messageHeaders = v.array(v.array(v.unknown()));
/** Any object. (`v.record` drops what is named like a field that all objects inherit, and a variable may be.) */
const variables = v.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** Parses JSON text by a schema; null for what is neither JSON nor of that shape. */
function parseJson<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> | null {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

type Headers = ReadonlyArray<readonly [name: string, value: unknown]>;

function readHeaders(form: FormFields): Headers | null {
  const text = form.first('message-headers');
  return text === null
    ? null
    : (parseJson(messageHeaders, text)?.map(([name, value]) => [String(name), value] as const) ?? null);
}

function header(headers: Headers | null, name: string): string | null {
  const value = headers?.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
  return typeof value === 'string' ? value : null;
}

function headerValues(headers: Headers | null, name: string): string[] {
  return (headers ?? []).flatMap(([candidate, value]) =>
    candidate.toLowerCase() === name && typeof value === 'string' ? [value] : [],
  );
}

type Pair = readonly [name: string, value: string];

/** The places of the fields that Mailgun has signed: of each name the last. */
function placesOfSigned({ pairs }: FormFields): Set<number> {
  const lastOf = new Map(pairs.map(([name], place) => [name, place]));
  return new Set([...signedFields].flatMap((name) => lastOf.get(name) ?? []));
}

/**
 * The sender's variables where they are merged into the same flat space as Mailgun's own fields. They may have the
 * same names: which of the two comes first is known from live tests.
 */
function mergedVariables(form: FormFields, event: string): Pair[] {
  const signed = placesOfSigned(form);
  const seen = new Set<string>();
  return form.pairs.filter(([name], place) => {
    const isFirst = !seen.has(name);
    seen.add(name);
    if (signedFields.has(name)) return !signed.has(place);
    if (repeatedFields.has(name) || /^attachment-\d+$/.test(name)) return false;
    const isMailguns = mailgunFields.has(name) || (name === 'url' && event === 'clicked');
    return !(isMailguns && isFirst);
  });
}

/**
 * The sender's variables. With the message's headers they are what its `X-Mailgun-Variables` say;
 * without them (opens, clicks, unsubscribes) they are whatever field is not Mailgun's own.
 */
function readVariables(form: FormFields, headers: Headers | null, event: string): string | null {
  const stated = [...headerValues(headers, 'x-mailgun-variables'), ...form.all('X-Mailgun-Variables')];
  const entries =
    headers !== null || stated.length > 0
      ? stated.flatMap((text) => Object.entries(parseJson(variables, text) ?? {}))
      : mergedVariables(form, event);
  return entries.length === 0 ? null : JSON.stringify(Object.fromEntries(entries));
}

/** The fields in an order of their own, those of one name as they came. */
function inOrder(pairs: readonly Pair[]): Pair[] {
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `code` is an SMTP code (`550`) or an RFC 3463 code (`5.1.1`). */
function readCode(text: string | null): { code: number | null; enhancedCode: string | null } {
  const trimmed = text?.trim() ?? '';
  if (/^\d{3}$/.test(trimmed)) return { code: Number(trimmed), enhancedCode: null };
  if (/^\d\.\d{1,3}\.\d{1,3}$/.test(trimmed)) return { code: null, enhancedCode: trimmed };
  return { code: null, enhancedCode: null };
}

/**
 * Reads a legacy form (before 2018; routes still speak it). Its only time is the one that was signed.
 * @param signedAt seconds since 1970
 * @returns null when there is no event in it
 */
export function readLegacyEvent(form: FormFields, signedAt: number): MailgunEvent | null {
  const legacyName = form.first('event')?.trim().toLowerCase() ?? '';
  if (legacyName === '') return null;
  const failure = Object.hasOwn(failureNames, legacyName) ? failureNames[legacyName] : undefined;
  const headers = readHeaders(form);
  const signed = placesOfSigned(form);
  const hasStatus = failure !== undefined || legacyName === 'delivered';
  const hasClient = form.has('user-agent') || form.has('client-type') || form.has('client-name');
  const hasPlace = form.has('country') || form.has('region') || form.has('city');
  return normalise(
    {
      told: readTold(form),
      format: 'legacy',
      event: failure ? 'failed' : legacyName,
      id: null,
      timestamp: signedAt,
      severity: failure ? 'permanent' : null,
      reason: failure ? (failure.reason ?? form.first('reason')) : null,
      recipient: form.first('recipient'),
      recipientDomain: null,
      to: header(headers, 'to'),
      domainEvidence: {
        stated: form.first('domain'),
        storageUrl: form.first('message-url'),
        primaryDkim: null,
        sender: header(headers, 'sender'),
      },
      messageId: form.first('Message-Id') ?? form.first('message-id') ?? header(headers, 'message-id'),
      subject: header(headers, 'subject'),
      tags: [...form.all('X-Mailgun-Tag'), ...form.all('tag'), ...headerValues(headers, 'x-mailgun-tag')],
      userVariables: readVariables(form, headers, legacyName),
      deliveryStatus: hasStatus ? { ...readStatus(form), ...readCode(form.first('code')) } : null,
      // On any other event it is a variable of the sender's.
      url: legacyName === 'clicked' ? form.first('url') : null,
      clientInfo: hasClient ? readClient(form) : null,
      geolocation: hasPlace ? readPlace(form) : null,
      transport: null,
      bot: null,
      mailingList: form.first('mailing-list'),
      attachments: form.attachments,
      flags: { routed: false, test: false, callback: false, delayedBounce: false },
      content: JSON.stringify(inOrder(form.pairs.filter((_, place) => !signed.has(place)))),
      // The time is the event's; token and signature are nobody's to keep.
      raw: JSON.stringify(form.pairs.filter(([name], place) => name === 'timestamp' || !signed.has(place))),
    },
    signedAt,
  );
}
