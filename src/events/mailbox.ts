import { parseDomain } from './domain-name';
import { wellFormed } from './text';

/** Longest entry that is read, in code units: an address of 320 (RFC 5321) with a long name before it. */
const maxEntryLength = 2048;
/** Longest address: 64 characters, `@`, 255 characters. */
const maxAddressLength = 320;

/** An address alone: the local part in quotes or plain, then a domain or an address literal such as `[192.0.2.1]`. */
const addressPattern =
  /^(?:"((?:[^"\\]|\\.)*)"|([^\s"(),:;<>@[\\\]\p{C}\p{Z}]+))@(\[[\w.:-]+\]|[^\s@[\]]+)$/u;
/** A display name, quoted or plain, before an address in angle brackets. A plain one holds no comma and no `@`. */
const namedPattern = /^(?:"(?:[^"\\]|\\.)*"\s*|[^"(),:;<>@[\\\]]*)<([^<>]*)>$/u;

/** What a `mailto:` link is about, without its headers (RFC 6068). */
function addressOfLink(text: string): string {
  const address = text.slice('mailto:'.length).replace(/\?.*$/s, '');
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/**
 * Reads one mailbox as people and programs write it: `a@x.org`, `<a@x.org>`, `Bob <a@x.org>`, `"B, B." <a@x.org>`,
 * `mailto:a@x.org`. An entry with two addresses is refused, so that a packed list cannot slip through a check.
 *
 * It is our own parser because the libraries for RFC 5322 refuse what providers have given out (`a..b@` and `a.@` at
 * Japanese carriers) and so would lose a suppression, take comments and blanks inside an address, and overflow the
 * stack on nested brackets. This one has no recursion and reads an entry in one pass.
 * @returns the address in the one spelling in which it is compared and stored: lower case, normal form C, domain in
 * ASCII (see {@link parseDomain}); null for what is not one mailbox. Strictly a mailbox name may depend on case, but
 * nobody means two people by it, and a suppression that misses because of a capital letter is worse.
 */
export function parseMailbox(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.length > maxEntryLength) return null;
  const entry = wellFormed(text).trim();
  const bare = /^mailto:/i.test(entry) ? addressOfLink(entry).trim() : entry;
  const inBrackets = namedPattern.exec(bare)?.[1];
  const found = addressPattern.exec((inBrackets ?? bare).trim());
  if (found === null) return null;
  const [, quoted, plain, host = ''] = found;
  const local = plain ?? unquote(quoted ?? '');
  const domain = host.startsWith('[') ? host.toLowerCase() : parseDomain(host);
  if (local === null || domain === null) return null;
  const address = `${local.normalize('NFC').toLowerCase()}@${domain}`;
  return address.length > maxAddressLength ? null : address;
}

/** A quoted local part as it is stored: without quotes where they are not needed. Null when it holds a control character. */
function unquote(quoted: string): string | null {
  if (/\p{C}/u.test(quoted)) return null;
  const text = quoted.replace(/\\(.)/gu, '$1');
  return /^[^\s"(),:;<>@[\\\]\p{C}\p{Z}]+$/u.test(text) ? text : `"${quoted}"`;
}
