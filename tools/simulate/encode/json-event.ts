import type { Failure, Flags, SimulatedEvent } from '../plan/event';
import { type Details, detailsOf } from './details';

/** JSON on its way to Mailgun's `event-data`; undefined members are left out by `JSON.stringify`. */
type Fields = Record<string, unknown>;

const logLevels: Partial<Record<SimulatedEvent['kind'], string>> = { rejected: 'warn', complained: 'warn' };

/**
 * Mailgun's dashboard sends its test webhooks in upper case, and some members may be missing or empty.
 * @param isSparse without what a copy from another URL or API may lack: account and domain
 */
export function jsonEventOf(event: SimulatedEvent, isSparse = false): Fields {
  const details = detailsOf(event);
  const { random } = details;
  const eventName =
    event.kind === 'newfangled' ? random.pick(['teleported', '$set', 'constructor']) : event.kind;
  const shortRecipient = event.recipient?.trim();
  return {
    event: random.chance(0.03) ? eventName.toUpperCase() : eventName,
    id: event.id,
    timestamp: event.at,
    'log-level': event.failure
      ? event.failure.severity === 'temporary'
        ? 'warn'
        : 'error'
      : (logLevels[event.kind] ?? 'info'),
    account: isSparse ? undefined : { id: '5f5b3c2a1e' },
    // Older payloads lack the domain; the storage, the envelope and the message id tell it too.
    domain: random.chance(0.03) || isSparse ? undefined : { name: event.domain },
    tags: event.tags.length === 0 ? random.pick([[], null, undefined]) : event.tags,
    campaigns: [],
    'user-variables': userVariables(details),
    ...(event.kind === 'rejected'
      ? {}
      : { recipient: event.recipient, 'recipient-domain': shortRecipient?.split('@')[1] }),
    'recipient-provider': random.chance(0.8) && event.recipient !== undefined ? event.provider : undefined,
    message: messageOf(event, details),
    ...(random.chance(0.05)
      ? { $where: 'true', 'a.b': { $gt: '' }, ['__proto__']: { tags: ['polluted'] } }
      : {}),
    ...membersByKind(event, details),
  };
}

/** An object; an empty list when there are none; a sentence when Mailgun could not load them. */
function userVariables({ random, variables }: Details): unknown {
  if (random.chance(0.03)) return 'Could not load user-variables. They were truncated or invalid';
  return Object.keys(variables).length === 0 ? random.pick([[], {}, null]) : variables;
}

function messageOf(event: SimulatedEvent, { subject, from }: Details): Fields {
  const messageId = { 'message-id': event.messageId };
  if (event.kind === 'opened' || event.kind === 'clicked' || event.kind === 'unsubscribed')
    return { headers: messageId };
  const address = event.recipient?.trim() ?? `inbox@${event.domain}`;
  // The only place where a rejected message names its recipient.
  const to = event.kind === 'rejected' ? `"Doe, J." <${address}>` : address;
  return { headers: { to, from, subject, ...messageId }, attachments: [], size: 2048 };
}

function membersByKind(event: SimulatedEvent, details: Details): Fields {
  switch (event.kind) {
    case 'accepted':
      return {
        ...transport(event, details),
        method: 'HTTP',
        'delivery-status': details.random.pick([null, undefined]),
      };
    case 'delivered':
      return { ...transport(event, details), 'delivery-status': deliveredStatus };
    case 'failed':
      return event.failure ? failureMembers(event, event.failure, details) : {};
    case 'opened':
    case 'clicked':
    case 'unsubscribed':
      return engagement(event, details);
    case 'complained':
      return { flags: { 'is-test-mode': false } };
    case 'rejected':
      return {
        flags: { 'is-test-mode': false },
        reject: { reason: 'Sandbox subdomains are for test purposes only.', description: '' },
      };
    case 'stored':
      return { ...storageOf(event), flags: { 'is-test-mode': false } };
    case 'newfangled':
      return { 'warp-factor': 9, crew: [{ name: 'nobody' }] };
  }
}

function storageOf({ domain }: SimulatedEvent): Fields {
  const url = `https://storage-us-east4.api.mailgun.net/v3/domains/${domain}/messages/AwABB`;
  return { storage: { url, key: 'AwABB', region: 'us-east4' } };
}

const deliveredStatus = {
  code: 250,
  'attempt-no': 1,
  message: 'OK',
  description: '',
  'mx-host': 'mx.example',
  'session-seconds': 0.433,
  tls: true,
  utf8: true,
  'certificate-verified': true,
};

function flagMembers(flags: Flags): Fields {
  return {
    'is-routed': flags.routed === undefined ? false : flags.routed,
    'is-authenticated': true,
    'is-system-test': flags.systemTest ?? false,
    'is-test-mode': flags.testMode ?? false,
    'is-callback': flags.callback,
    'is-webhook': flags.webhook,
    'is-delayed-bounce': flags.delayedBounce,
  };
}

function transport(event: SimulatedEvent, { random, ip }: Details): Fields {
  return {
    ...storageOf(event),
    envelope: {
      sender: `bounce@${event.domain}`,
      transport: 'smtp',
      targets: event.recipient,
      'sending-ip': ip,
      'mail-from': random.pick([null, undefined]),
    },
    flags: flagMembers(event.flags),
  };
}

function failureMembers(event: SimulatedEvent, failure: Failure, details: Details): Fields {
  const isDelayed = event.flags.delayedBounce === true;
  return {
    ...transport(event, details),
    ...(isDelayed ? { envelope: {}, tags: undefined, campaigns: undefined, 'recipient-domain': '' } : {}),
    severity: failure.severity,
    reason: failure.reason,
    'delivery-status': failure.statusMissing === true ? null : failureStatus(failure),
  };
}

function failureStatus(failure: Failure): Fields {
  return {
    code: failure.code,
    'enhanced-code': failure.enhancedCode,
    'bounce-code': failure.bounceCode,
    'bounce-type': failure.bounceType,
    message: failure.message ?? '',
    description: failure.description,
    'attempt-no': failure.attempt ?? 1,
    'retry-seconds': failure.retrySeconds,
    'last-code': failure.lastCode,
    'last-message': failure.lastMessage,
    'session-seconds': 0.2,
  };
}

function engagement(event: SimulatedEvent, { ip, city, client, userAgent, random }: Details): Fields {
  return {
    ip,
    geolocation: { country: 'US', region: 'TX', city },
    'client-info': {
      'client-type': client.type,
      'client-os': client.os,
      'device-type': client.device,
      'client-name': client.name,
      'user-agent': userAgent,
      bot: event.bot,
    },
    url: event.url,
    storage: random.pick([[], undefined]),
    'mailing-list':
      event.mailingList === undefined ? random.pick([null, undefined]) : { address: event.mailingList },
  };
}
