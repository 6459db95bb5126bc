import * as v from 'valibot';
import type { MailgunEvent } from './event';
import type { FormFields } from './form';
import { normalise } from './normalise';

/** Every field that Mailgun's legacy webhooks were seen to use. What else stands in a form is a user variable. */
const mailgunFields = new Set([
  'event',
  'recipient',
  'domain',
  'timestamp',
  'token',
  'signature',
  'ip',
  'country',
  'region',
  'city',
  'user-agent',
  'device-type',
  'client-type',
  'client-name',
  'client-os',
  'url',
  'campaign-id',
  'campaign-name',
  'tag',
  'mailing-list',
  'message-headers',
  'code',
  'error',
  'notification',
  'reason',
  'description',
  'attachment-count',
  'Message-Id',
  'message-id',
  'X-Mailgun-Tag',
  'X-Mailgun-Sid',
  'X-Mailgun-Incoming',
  'X-Mailgun-Variables',
  'h',
  'body-plain',
]);

/** The legacy names of failures: both mean that nothing more will be tried. */
const failureNames: Record<string, { reason: string | null }> = {
  bounced: { reason: 'bounce' },
  dropped: { reason: null },
};

const messageHeaders = v.array(v.array(v.unknown()));
const variables = v.record(v.string(), v.unknown());

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

/**
 * The sender's variables. With the message's headers they are what its `X-Mailgun-Variables` say;
 * without them (opens, clicks, unsubscribes) they are whatever field is not Mailgun's own.
 */
function readVariables(form: FormFields, headers: Headers | null): string | null {
  const own = [...headerValues(headers, 'x-mailgun-variables'), ...form.all('X-Mailgun-Variables')];
  const entries =
    headers !== null || own.length > 0
      ? own.flatMap((text) => Object.entries(parseJson(variables, text) ?? {}))
      : form.pairs.filter(([name]) => !mailgunFields.has(name) && !/^attachment-\d+$/.test(name));
  return entries.length === 0 ? null : JSON.stringify(Object.fromEntries(entries));
}

/** `code` is an SMTP code (`550`) or an RFC 3463 code (`5.1.1`). */
function readCode(text: string | null): { code: number | null; enhancedCode: string | null } {
  const trimmed = text?.trim() ?? '';
  if (/^\d{3}$/.test(trimmed)) return { code: Number(trimmed), enhancedCode: null };
  if (/^\d\.\d{1,3}\.\d{1,3}$/.test(trimmed)) return { code: null, enhancedCode: trimmed };
  return { code: null, enhancedCode: null };
}

/** Where nothing is known of a place Mailgun's legacy forms say `unknown`. */
function place(text: string | null): string | null {
  return text === null || text === '' || text.toLowerCase() === 'unknown' ? null : text;
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
  const hasStatus = failure !== undefined || legacyName === 'delivered';
  const hasClient = form.has('user-agent') || form.has('client-type') || form.has('client-name');
  const hasPlace = form.has('country') || form.has('region') || form.has('city');
  const content = form.pairs.filter(([name]) => name !== 'token' && name !== 'signature');
  const raw = JSON.stringify(content);
  return normalise(
    {
      format: 'legacy',
      event: failure ? 'failed' : legacyName,
      id: null,
      timestamp: signedAt,
      severity: failure ? 'permanent' : null,
      reason: failure ? (failure.reason ?? form.first('reason')) : null,
      recipient: form.first('recipient'),
      recipientDomain: null,
      recipientProvider: null,
      domain: form.first('domain'),
      account: null,
      sender: header(headers, 'sender') ?? header(headers, 'from'),
      messageId: form.first('Message-Id') ?? form.first('message-id') ?? header(headers, 'message-id'),
      subject: header(headers, 'subject'),
      tags: [...form.all('X-Mailgun-Tag'), ...form.all('tag'), ...headerValues(headers, 'x-mailgun-tag')],
      userVariables: readVariables(form, headers),
      deliveryStatus: hasStatus
        ? {
            ...readCode(form.first('code')),
            message: form.first('error') ?? form.first('notification'),
            description: form.first('description'),
            attempt: null,
            mxHost: null,
            bounceType: null,
          }
        : null,
      url: form.first('url'),
      ip: form.first('ip'),
      clientInfo: hasClient
        ? {
            type: form.first('client-type'),
            name: form.first('client-name'),
            os: form.first('client-os'),
            device: form.first('device-type'),
            userAgent: form.first('user-agent'),
          }
        : null,
      geolocation: hasPlace
        ? {
            country: place(form.first('country')),
            region: place(form.first('region')),
            city: place(form.first('city')),
          }
        : null,
      bot: null,
      mailingList: form.first('mailing-list'),
      attachments: form.attachments,
      flags: { routed: false, test: false, callback: false, delayedBounce: false },
      raw,
    },
    signedAt,
    raw,
  );
}
