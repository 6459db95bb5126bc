import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { log } from './log';

afterEach(() => vi.restoreAllMocks());

/** The line that a value becomes. */
function lineOf(value: string): string {
  const print = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  log.warn('tried', { error: value });
  const [line] = print.mock.lastCall ?? [];
  return String(line);
}

const hex = (text: string, lead: string) =>
  text.replace(/[^\w.-]/g, (sign) => `${lead}${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Every spelling of an address that gets into an error. */
const spellings: Readonly<Record<string, (address: string) => string>> = {
  'as it is': (address) => address,
  'percent-encoded': encodeURIComponent,
  'percent-encoded twice': (address) => encodeURIComponent(encodeURIComponent(address)),
  'percent-encoded to the last letter': (address) => hex(address, '%'),
  'in JSON': (address) => JSON.stringify({ address }),
  'in JSON in JSON': (address) => JSON.stringify(JSON.stringify([address])),
  'with escapes of JSON': (address) => hex(address, '\\u00'),
  'with escapes of JavaScript': (address) => hex(address, '\\x'),
  'quoted-printable': (address) => hex(address, '='),
  'in HTML': (address) => address.replace('@', '&#64;').replaceAll('"', '&quot;'),
  'in HTML by number': (address) => address.replace('@', '&#x40;'),
  'full-width': (address) => address.replace('@', '＠'),
};

const local = fc.constantFrom(
  'secretname',
  'secretname+tag',
  "o'secretname",
  'x=secretname',
  'secretname=example.org',
  '"secretname with blanks"',
  '"secret name\\" @ secretname"',
  'sécretname-secretname',
);
const domain = fc.constantFrom(
  'secrethost.example',
  'xn--secrethost-9db.example',
  'sécrethost.secrethost.de',
  '[10.0.0.1]',
);
const around = fc.constantFrom(
  '',
  'for ',
  '<',
  '(',
  'to=',
  '550 5.1.1 <',
  'https://api.example/v3/',
  'a b@c d ',
);

it.each(Object.keys(spellings))('no address gets into a line %s', (name) => {
  fc.assert(
    fc.property(local, domain, around, around, fc.nat(4100), (first, host, before, after, length) => {
      const address = spellings[name]?.(`${first}@${host}`) ?? '';
      const line = lineOf(`${'.'.repeat(length > 3900 ? length : 0)}${before}${address}${after.trimEnd()}`);
      expect(line).not.toMatch(/secret/);
    }),
    { numRuns: 300 },
  );
});

it('an address in the id of a document is none the less one', () => {
  expect(lineOf('no document secretname97secrethost-icom in subscribers')).toBe(
    'mailgun tried error=no document [address] in subscribers',
  );
});

it('what holds no address is left as it is, on one line', () => {
  expect(lineOf('connect ECONNREFUSED 10.0.0.1:443, status=404: try again')).toBe(
    'mailgun tried error=connect ECONNREFUSED 10.0.0.1:443, status=404: try again',
  );
  expect(lineOf('one\r\nmailgun two\u2028three')).toBe('mailgun tried error=one mailgun two three');
});
