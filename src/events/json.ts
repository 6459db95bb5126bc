import * as v from 'valibot';
import { canonicalJson } from './canonical';
import type { MailgunEvent } from './event';
import { eventFields, toldFields } from './fields';
import { normalise } from './normalise';
import { wellFormed } from './text';
import { jsonReader } from './told';
import { readNumber, readShortText, readText } from './value';

/** A field that counts as absent when something else stands there. */
const field = <Output>(read: (value: unknown) => Output) =>
  v.optional(v.pipe(v.unknown(), v.transform(read)), null);

const optionalText = field(readText);
/** The Logs API has lists where the webhooks have one text. */
const textOrFirst = field((value) => {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : null;
});
const number = field(readNumber);
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
  'client-info': anything,
  geolocation: anything,
  'mailing-list': part({ address: optionalText }),
});

const clientBot = part({ bot: optionalText });

const readTold = jsonReader(toldFields, readShortText);
const readStatus = jsonReader(eventFields.deliveryStatus.parts);
const readClient = jsonReader(eventFields.clientInfo.parts);
const readPlace = jsonReader(eventFields.geolocation.parts);

/** User variables as JSON text: an object as such, Mailgun's notice that it could not load them as a string. */
function variablesText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'object' && Object.keys(value).length === 0) return null;
  return JSON.stringify(typeof value === 'string' ? wellFormed(value) : value);
}

/** Reads what may be an object; null for anything else, an empty list included. */
function objectOrNull<Output>(read: (source: object) => Output, value: unknown): Output | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? read(value) : null;
}

/**
 * Reads the `event-data` of Mailgun's current format.
 * @param data the parsed JSON of `event-data`
 * @param signedAt seconds since 1970, for an event that has no time of its own
 * @returns null when there is no event in it: not an object, or without a name
 * @throws NestedTooDeeply
 */
export function readJsonEvent(data: unknown, signedAt: number): MailgunEvent | null {
  const parsed = v.safeParse(eventData, data);
  if (!parsed.success) return null;
  const fields = parsed.output;
  return normalise(
    {
      told: readTold(data),
      format: 'json',
      event: fields.event,
      id: fields.id,
      timestamp: fields.timestamp,
      severity: fields.severity,
      reason: fields.reason ?? fields.reject.reason,
      recipient: fields.recipient,
      recipientDomain: fields['recipient-domain'],
      to: fields.message.headers.to,
      domainEvidence: {
        stated: fields.domain.name,
        storageUrl: fields.storage.url,
        primaryDkim: fields['primary-dkim'],
        sender: fields.envelope.sender,
      },
      messageId: fields.message.headers['message-id'],
      subject: fields.message.headers.subject,
      tags: fields.tags,
      userVariables: variablesText(fields['user-variables']),
      deliveryStatus: objectOrNull(readStatus, fields['delivery-status']),
      url: fields.url,
      clientInfo: objectOrNull(readClient, fields['client-info']),
      transport: fields.envelope.transport,
      bot: v.parse(clientBot, fields['client-info']).bot,
      geolocation: objectOrNull(readPlace, fields.geolocation),
      mailingList: fields['mailing-list'].address,
      attachments: 0,
      flags: {
        routed: fields.flags['is-routed'],
        test: fields.flags['is-test-mode'] || fields.flags['is-system-test'],
        callback: fields.flags['is-webhook'] || fields.flags['is-callback'],
        delayedBounce: fields.flags['is-delayed-bounce'],
      },
      content: canonicalJson(data),
      raw: JSON.stringify(data),
    },
    signedAt,
  );
}
