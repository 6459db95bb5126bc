import * as v from 'valibot';
import { parseDomain } from '../events/domain-name';
import { parseMailbox } from '../events/mailbox';

/** Addresses of one mail. */
const maxAddresses = 20;

const url = v.pipe(
  v.string('it must be a URL.'),
  v.trim(),
  v.maxLength(2000, 'it has more than 2000 characters.'),
  v.check(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'it must be a URL such as https://example.com/hook.',
  ),
  v.check((text) => {
    // Every check is asked, also when the one before has said no.
    const { username, password } = URL.canParse(text) ? new URL(text) : { username: '', password: '' };
    return username === '' && password === '';
  }, 'it must hold no name and no password.'),
);

/** The bytes of a secret of Standard Webhooks, 24 to 64 by its specification. */
export function secretBytes(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

const secret = v.pipe(
  v.string('it must be a text.'),
  v.trim(),
  v.regex(
    /^whsec_[A-Za-z0-9+/]+={0,2}$/,
    'it must be whsec_ and 24 to 64 random bytes in base64: printf whsec_; openssl rand -base64 32',
  ),
  v.check((text) => {
    const { length } = secretBytes(text);
    return length >= 24 && length <= 64;
  }, 'it must hold 24 to 64 bytes: printf whsec_; openssl rand -base64 32'),
);

const address = v.pipe(
  v.string('it must be an address.'),
  v.trim(),
  v.check(
    (text) => parseMailbox(text) !== null && !/[\r\n,]/.test(text),
    'it must be an address such as ops@example.com.',
  ),
);

const domain = v.pipe(
  v.string('it must be a domain.'),
  v.transform((text) => parseDomain(text)),
  v.string('it must be a sending domain such as mg.example.com.'),
);

/**
 * Where and how a destination is reached: what nobody but its sender reads. Everybody who has the URL of Slack or Teams can
 * write there, so it is as secret as a key.
 */
export const endpoint = v.variant(
  'kind',
  [
    v.strictObject({ kind: v.literal('slack'), url }),
    v.strictObject({ kind: v.literal('teams'), url }),
    v.strictObject({ kind: v.literal('webhook'), url, secret }),
    v.strictObject({
      kind: v.literal('email'),
      to: v.pipe(
        v.array(address, 'it must be a list of addresses.'),
        v.minLength(1, 'it must name an address.'),
        v.maxLength(maxAddresses, `it must name at most ${maxAddresses} addresses.`),
      ),
      from: address,
      /** The sending domain at Mailgun. */
      domain,
    }),
  ],
  'it must be slack, teams, webhook or email.',
);
export type Endpoint = v.InferOutput<typeof endpoint>;

export const destinationKinds = ['slack', 'teams', 'webhook', 'email'] as const;
export type DestinationKind = Endpoint['kind'];

/** What anybody who may read the API sees of an endpoint. */
export function presentEndpoint(endpoint: Endpoint): {
  kind: DestinationKind;
  host: string;
  ending: string | null;
} {
  const { kind } = endpoint;
  if (kind === 'email')
    return {
      kind,
      host:
        parseMailbox(endpoint.to[0] ?? '')
          ?.split('@')
          .at(-1) ?? '',
      ending: null,
    };
  const { host, pathname, search } = new URL(endpoint.url);
  // Of a short path four characters would be most of it.
  const path = pathname + search;
  return { kind, host, ending: path.length >= 16 ? path.slice(-4) : null };
}
