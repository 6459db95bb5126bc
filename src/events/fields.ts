import * as v from 'valibot';
import { failureClasses } from './classify';
import * as field from './field';

const { text, count } = field;
const personal = { isPersonal: true } as const;
const internal = { isInternal: true } as const;
/** A field that is kept as Mailgun tells it: the path in `event-data` or in its group, the name in a legacy form. */
const told = (json: string, form?: string) => ({
  told: { json: [json], ...(form !== undefined && { form: [form] }) } satisfies field.Told,
});

/**
 * What the last fields of {@link logFields} hold: for what an open or click is the recipient's first, ever or of its
 * day, or the first of its message by its kind of client.
 */
const firstEngagement = v.object({
  all: v.boolean(),
  domain: v.optional(v.boolean(), false),
  tags: v.array(v.string()),
});
export type FirstEngagement = v.InferOutput<typeof firstEngagement>;
const firstEngagementField = {
  schema: v.optional(v.nullable(firstEngagement), null),
  kind: 'group',
  isNullable: true,
  example: null,
  ...internal,
} as const;

/** Fields beside those of groups that are kept as Mailgun tells them. */
export const toldFields = {
  recipientProvider: text('Other', told('recipient-provider')),
  account: text(null, told('account.id')),
  ip: text(null, { ...personal, ...told('ip', 'ip') }),
} as const satisfies field.Fields;

/**
 * Every field of an event, once. Types, the schema of the stored document, the document itself, the API's answer and
 * its documentation, and what an erasure removes follow from this table; columns of the CSV and what the page reads
 * are checked against it. To add one that is kept as Mailgun tells it: a line here, in {@link toldFields} or in a
 * group. One with a rule of its own is read by name in `json.ts` and `legacy.ts`.
 */
export const eventFields = {
  key: field.required('2026-11-24_failed_Gx5UZb0mQ2aLw8rT1cVnYe', {
    description: 'The same for every copy of the event: UTC day, type, hash.',
  }),
  format: field.oneOf(['json', 'legacy'], 'json'),
  event: field.required('failed', { description: "Mailgun's name of the type, in lower case." }),
  severity: text('permanent'),
  reason: text('bounce'),
  recipient: text('alice@example.com', { description: 'In lower case, the domain in ASCII.' }),
  recipientDomain: text('example.com', personal),
  domain: text('mg.example.com', { description: 'The sending domain.' }),
  messageId: text('20261124041023.1.ab@mg.example.com', {
    ...personal,
    description: 'Without angle brackets.',
  }),
  subject: text('Welcome', personal),
  timestamp: field.requiredNumber(1795493423.5, {
    description: 'When it happened, in seconds since 1970, as sent.',
  }),
  occurredAt: field.requiredTime({
    description: 'When it happened; when it came in where `timestamp` cannot be true.',
  }),
  tags: field.texts(['welcome'], { description: 'In lower case.' }),
  userVariables: text(null, {
    ...personal,
    description: "JSON text: names and values are the sender's, so they never become fields.",
  }),
  deliveryStatus: field.group({
    code: count(550, {
      ...told('code'),
      description: 'Of SMTP, or one of the 4xx and 6xx codes of Mailgun.',
    }),
    enhancedCode: text('5.1.1', { told: { json: ['enhanced-code', 'bounce-code'] } }),
    message: text('No such user', {
      ...personal,
      told: { json: ['message'], form: ['error', 'notification'] },
    }),
    description: text(null, { ...personal, ...told('description', 'description') }),
    attempt: count(1, told('attempt-no')),
    mxHost: text('mx.example.com', told('mx-host')),
    bounceType: text('hard', told('bounce-type')),
    lastCode: count(null, told('last-code')),
    lastMessage: text(null, {
      ...personal,
      ...told('last-message'),
      description: 'Of an expired message: what the last attempt was told.',
    }),
  }),
  classification: field.oneOfOrNull(failureClasses, 'hard_bounce', {
    description: 'Of a failure: what it means for the address.',
  }),
  failureCode: text('5.1.1', {
    description: 'Of a failure: the code that says most of why, of RFC 3463 where there is one.',
  }),
  unsubscribedFrom: field.texts([], {
    description: 'Of an unsubscribe: tags or list addresses, `*` for all mail of the domain.',
  }),
  url: text(null, personal),
  clientInfo: field.group(
    {
      type: text(null, told('client-type', 'client-type')),
      name: text(null, told('client-name', 'client-name')),
      os: text(null, told('client-os', 'client-os')),
      device: text(null, told('device-type', 'device-type')),
      userAgent: text(null, told('user-agent', 'user-agent')),
    },
    { ...personal, example: null },
  ),
  geolocation: field.group(
    {
      country: text(null, told('country', 'country')),
      region: text(null, told('region', 'region')),
      city: text(null, told('city', 'city')),
    },
    { ...personal, example: null },
  ),
  transport: text('smtp', {
    description: 'How it was handed over: `smtp`, or `http` for what a route forwards.',
  }),
  bot: text(null, { description: 'The machine that opened or clicked; null for a person.' }),
  mailingList: text(null, personal),
  attachments: field.countOrZero(0, {
    description: 'Files that came with a legacy multipart body. They are not kept.',
  }),
  flags: {
    schema: v.optional(
      v.object({ routed: v.boolean(), test: v.boolean(), callback: v.boolean(), delayedBounce: v.boolean() }),
      { routed: false, test: false, callback: false, delayedBounce: false },
    ),
    kind: 'group',
    isNullable: false,
    example: undefined,
    parts: { routed: field.flag(), test: field.flag(), callback: field.flag(), delayedBounce: field.flag() },
  },
  ...toldFields,
  fingerprint: field.textOrEmpty('', { ...internal, ...personal }),
  raw: field.textOrEmpty('{"event":"failed","severity":"permanent"}', { ...internal, ...personal }),
} as const satisfies field.Fields;

/** What the log adds to an event: how it came, and what became of it. */
export const logFields = {
  source: field.oneOfOrFirst(['webhook', 'backfill']),
  signingKey: count(1, { description: 'Position of the key that verified it, from 1.' }),
  receivedAt: field.requiredTime(),
  processedAt: field.time(),
  attempts: field.countOrZero(1),
  messageTags: field.sortedTexts([], {
    description: 'Of an unsubscribe, complaint or delayed bounce without tags: those of its message.',
  }),
  variables: field.texts([], { ...internal, ...personal }),
  sweptAt: field.time(internal),
  state: field.oneOfOrNull(['done', 'dead'], 'done'),
  lastError: text(null, personal),
  first: firstEngagementField,
  firstOfDay: firstEngagementField,
  firstOfMessage: firstEngagementField,
  firstOfMessageOnDay: firstEngagementField,
} as const satisfies field.Fields;

/** All fields of an event as the log keeps it. */
export const storedFields = { ...eventFields, ...logFields } as const;

export type EventFields = field.ValuesOf<typeof eventFields>;
export type LogFields = field.ValuesOf<typeof logFields>;

/** Whether the API shows a field. */
export function isPublic(name: string): boolean {
  const table: field.Fields = storedFields;
  return Object.hasOwn(table, name) && !table[name]?.isInternal;
}

/** A field, or one of a group, as a column names it: `deliveryStatus.code`. */
export type FieldPath = PathsOf<typeof storedFields>;
type PathsOf<Table> = {
  [Name in keyof Table & string]: Table[Name] extends { parts: infer Parts }
    ? `${Name}.${keyof Parts & string}`
    : Name;
}[keyof Table & string];
