import type { Failure, SimulatedEvent } from '../plan/event';
import { type Details, detailsOf } from './details';

/** The fields of a form in their order; names repeat. */
export type FormPairs = readonly (readonly [name: string, value: string])[];

/** The three signed fields, as text. */
export interface SignedFields {
  readonly timestamp: string;
  readonly token: string;
  readonly signature: string;
}

/**
 * Mailgun's webhooks before 2018: one flat form. User variables are merged into it, so that a name may
 * occur twice: of `timestamp`, `token` and `signature` Mailgun's own is the last, of all others the first
 * (found by live tests of django-anymail).
 * @param signed undefined for a request without any of the signed fields but the time
 */
export function legacyFormOf(event: SimulatedEvent, signed: Partial<SignedFields>): FormPairs {
  const details = detailsOf(event);
  const clash = details.random.chance(0.3) ? clashingVariables : [];
  return [
    ...clash.filter(([name]) => name in signedNames),
    ['event', legacyName(event)],
    ['recipient', event.recipient ?? ''],
    ['domain', event.domain],
    ...membersByKind(event, details),
    ...clash.filter(([name]) => !(name in signedNames)),
    ...Object.entries(signed),
  ];
}

const signedNames = { timestamp: true, token: true, signature: true };

/** What a sender may have chosen as names of variables, in ignorance of what Mailgun makes of them. */
const clashingVariables: FormPairs = [
  ['timestamp', '12'],
  ['token', 'gold'],
  ['signature', 'Best wishes'],
  ['event', 'wedding'],
  ['recipient', 'somebody-else@victim.example'],
  ['domain', 'victim.example'],
  ['severity', 'temporary'],
  ['__proto__', 'polluted'],
  ['$set[status]', 'active'],
  ['id', 'chosen by the sender'],
  ['event-data', '{"event":"complained"}'],
];

function legacyName(event: SimulatedEvent): string {
  return event.kind === 'failed' ? (event.failure?.legacy ?? 'dropped') : event.kind;
}

function membersByKind(event: SimulatedEvent, details: Details): FormPairs {
  switch (event.kind) {
    case 'opened':
    case 'unsubscribed':
      return [...engagement(event, details), ...tagFields('tag', event)];
    case 'clicked':
      return [['url', event.url ?? ''], ...engagement(event, details), ...tagFields('tag', event)];
    case 'complained':
      return [...tagFields('tag', event), ...messageFields(event, details)];
    case 'failed':
      return [
        ...(event.failure ? failureFields(event.failure) : []),
        ...tagFields('X-Mailgun-Tag', event),
        ...messageFields(event, details),
      ];
    default:
      return [...tagFields('X-Mailgun-Tag', event), ...messageFields(event, details)];
  }
}

/** An unsubscribe from all mail carries no tag here: `*` is a word of the JSON format. */
function tagFields(name: 'tag' | 'X-Mailgun-Tag', event: SimulatedEvent): FormPairs {
  return event.tags.filter((tag) => tag !== '*').map((tag) => [name, tag]);
}

function engagement(event: SimulatedEvent, { ip, client, userAgent, variables }: Details): FormPairs {
  return [
    ['ip', ip],
    ['country', 'unknown'],
    ['region', 'unknown'],
    ['city', 'unknown'],
    ['user-agent', userAgent],
    ['device-type', client.device],
    ['client-type', client.type],
    ['client-name', client.name],
    ['client-os', client.os],
    ...(event.mailingList === undefined ? [] : [['mailing-list', event.mailingList] as const]),
    ['message-id', event.messageId],
    ...plainVariables(variables),
  ];
}

/** Without message headers each variable is a field of its own, in JSON where it is more than text. */
function plainVariables(variables: Details['variables']): FormPairs {
  return Object.entries(variables)
    .filter(([name]) => name !== '')
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

function messageFields(event: SimulatedEvent, details: Details): FormPairs {
  const headers: [string, unknown][] = [
    ['Received', 'by luna.mailgun.net'],
    ['Received', 'from localhost'],
    ['Content-Type', ['multipart/alternative', { boundary: 'eb663d73ae0a4d6c9153cc0aec8b7520' }]],
    ['Subject', details.subject],
    ['From', details.from],
    ['To', event.recipient ?? ''],
    ['Message-Id', `<${event.messageId}>`],
    ['X-Mailgun-Variables', JSON.stringify(details.variables)],
    ['X-Mailgun-Variables', '{"second": "1"}'],
  ];
  return [
    ['Message-Id', `<${event.messageId}>`],
    ['message-headers', JSON.stringify(headers)],
    ['X-Mailgun-Sid', 'WyIwNzI5MCIsICJhbGljZSJd'],
    ['body-plain', ''],
  ];
}

/** `bounced` tells its code, `dropped` its reason; either code may be an SMTP code or an enhanced one. */
function failureFields(failure: Failure): FormPairs {
  const code = failure.enhancedCode ?? failure.code;
  const codeField: FormPairs = code === undefined ? [] : [['code', String(code)]];
  if (failure.legacy === 'bounced')
    return [...codeField, ['error', failure.message ?? ''], ['notification', '']];
  return [['reason', failure.reason], ['description', failure.description ?? ''], ...codeField];
}
