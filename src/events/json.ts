import * as v from 'valibot';
import { canonicalJson } from './canonical';
import type { MailgunEvent } from './event';
import { normalise } from './normalise';
import { wellFormed, withWellFormedTexts } from './text';

/*
 * Mailgun promises only that fields are added, and real payloads hold null, strings for numbers and
 * `[]` for an empty object. So every field that is something else counts as absent instead of refusing the event.
 */
const field = <Output>(read: (value: unknown) => Output) =>
  v.optional(v.pipe(v.unknown(), v.transform(read)), null);

const optionalText = field((value) => {
  if (typeof value === 'string') return value === '' ? null : wellFormed(value);
  return typeof value === 'number' ? String(value) : null;
});
/** The Logs API has lists where the webhooks have one text. */
const textOrFirst = field((value) => {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : null;
});
const number = field((value) => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d{1,15}(\.\d+)?\s*$/.test(value) ? Number(value) : null;
});
const flag = field((value) => value === true);
const textList = field((value) =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [],
);
const anything = v.optional(v.unknown(), null);
/** An object of the given fields, all of them absent when something else stands there. */
const part = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    field((value) => (typeof value === 'object' && value !== null ? value : {})),
    v.object(entries),
  );

const eventData = v.object({
  event: v.pipe(v.string(), v.regex(/\S/)),
  id: optionalText,
  timestamp: number,
  severity: optionalText,
  reason: optionalText,
  recipient: optionalText,
  'recipient-domain': optionalText,
  'recipient-provider': optionalText,
  account: part({ id: optionalText }),
  domain: part({ name: optionalText }),
  envelope: part({ sender: optionalText, transport: optionalText }),
  tags: textList,
  'user-variables': anything,
  'primary-dkim': optionalText,
  storage: part({ url: textOrFirst }),
  message: part({ headers: part({ 'message-id': optionalText, subject: optionalText, to: optionalText }) }),
  flags: part({
    'is-routed': flag,
    'is-system-test': flag,
    'is-test-mode': flag,
    'is-webhook': flag,
    'is-callback': flag,
    'is-delayed-bounce': flag,
  }),
  'delivery-status': anything,
  reject: part({ reason: optionalText }),
  url: optionalText,
  ip: optionalText,
  'client-info': anything,
  geolocation: anything,
  'mailing-list': part({ address: optionalText }),
});

const deliveryStatus = v.object({
  code: number,
  'enhanced-code': optionalText,
  'bounce-code': optionalText,
  message: optionalText,
  description: optionalText,
  'attempt-no': number,
  'mx-host': optionalText,
  'bounce-type': optionalText,
  'last-code': number,
  'last-message': optionalText,
});
const clientInfo = v.object({
  'client-type': optionalText,
  'client-name': optionalText,
  'client-os': optionalText,
  'device-type': optionalText,
  'user-agent': optionalText,
  bot: optionalText,
});
const geolocation = v.object({ country: optionalText, region: optionalText, city: optionalText });

/** User variables as JSON text: an object as such, Mailgun's notice that it could not load them as a string. */
function variablesText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'object' && Object.keys(value).length === 0) return null;
  const text = JSON.stringify(value);
  // Only half a character is escaped so; looked for first, since hardly any variables hold one.
  return /\\ud[89a-f]/i.test(text) ? JSON.stringify(withWellFormedTexts(value)) : text;
}

/** Parses what may be an object; null for anything else, an empty list included. */
function objectOrNull<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const result = v.safeParse(schema, value);
  return result.success ? result.output : null;
}

/**
 * Reads the `event-data` of Mailgun's current format.
 * @param data the parsed JSON of `event-data`
 * @param signedAt seconds since 1970, for an event that has no time of its own
 * @param original the text that was parsed; null where it is not known, and the original is what the parser has left of it
 * @returns null when there is no event in it: not an object, or without a name
 * @throws NestedTooDeeply
 */
export function readJsonEvent(
  data: unknown,
  signedAt: number,
  original: string | null = null,
): MailgunEvent | null {
  const parsed = v.safeParse(eventData, data);
  if (!parsed.success) return null;
  const fields = parsed.output;
  const status = objectOrNull(deliveryStatus, fields['delivery-status']);
  const client = objectOrNull(clientInfo, fields['client-info']);
  return normalise(
    {
      format: 'json',
      event: fields.event,
      id: fields.id,
      timestamp: fields.timestamp,
      severity: fields.severity,
      reason: fields.reason ?? fields.reject.reason,
      recipient: fields.recipient,
      recipientDomain: fields['recipient-domain'],
      recipientProvider: fields['recipient-provider'],
      to: fields.message.headers.to,
      domainEvidence: {
        stated: fields.domain.name,
        storageUrl: fields.storage.url,
        primaryDkim: fields['primary-dkim'],
        sender: fields.envelope.sender,
      },
      account: fields.account.id,
      messageId: fields.message.headers['message-id'],
      subject: fields.message.headers.subject,
      tags: fields.tags,
      userVariables: variablesText(fields['user-variables']),
      deliveryStatus: status && {
        code: status.code,
        enhancedCode: status['enhanced-code'] ?? status['bounce-code'],
        message: status.message,
        description: status.description,
        attempt: status['attempt-no'],
        mxHost: status['mx-host'],
        bounceType: status['bounce-type'],
        lastCode: status['last-code'],
        lastMessage: status['last-message'],
      },
      url: fields.url,
      ip: fields.ip,
      clientInfo: client && {
        type: client['client-type'],
        name: client['client-name'],
        os: client['client-os'],
        device: client['device-type'],
        userAgent: client['user-agent'],
      },
      transport: fields.envelope.transport,
      bot: client?.bot ?? null,
      geolocation: objectOrNull(geolocation, fields.geolocation),
      mailingList: fields['mailing-list'].address,
      attachments: 0,
      flags: {
        routed: fields.flags['is-routed'],
        test: fields.flags['is-test-mode'] || fields.flags['is-system-test'],
        callback: fields.flags['is-webhook'] || fields.flags['is-callback'],
        delayedBounce: fields.flags['is-delayed-bounce'],
      },
      content: canonicalJson(data),
      raw: original ?? JSON.stringify(data),
    },
    signedAt,
  );
}
