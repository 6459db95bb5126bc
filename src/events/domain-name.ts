/** A host name as mail uses it: labels of up to 63 characters, 253 in all (RFC 1035); `_` occurs in real ones. */
const hostName = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;
/** What a URL gives a meaning, and what no name has: invisible characters and blanks. */
const neverInName = /[\p{C}\p{Z}/\\?#@:%[\]<>()"',;|^`{}]/u;

/** The ASCII spelling of an international name; null when it has none. */
function toAscii(name: string): string | null {
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    return null;
  }
}

/**
 * The one spelling in which a domain is compared and stored: lower case, in ASCII (`xn--...` for an international name,
 * UTS 46), without the dot at the end that a zone file writes.
 * @returns null for what cannot be a domain
 */
export function parseDomain(text: string): string | null {
  const name = text.trim().toLowerCase();
  if (neverInName.test(name)) return null;
  const ascii = /^[\x21-\x7e]*$/.test(name) ? name : toAscii(name);
  const domain = ascii?.replace(/\.$/, '') ?? '';
  return hostName.test(domain) ? domain : null;
}
