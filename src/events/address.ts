/** Longest address that mail can carry (RFC 5321: 64 + 1 + 255). */
const longestAddress = 320;

/**
 * The form in which an address is compared and stored: trimmed, lower case.
 * Strictly a mailbox name may depend on case, but nobody means two people by it, and a suppression
 * that misses because of a capital letter is worse.
 * @returns null for what cannot be an address
 */
export function normaliseAddress(text: string | null | undefined): string | null {
  const address = (text ?? '').trim().toLowerCase();
  if (
    address.length > longestAddress ||
    !/^[^@\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(address.replace(/@(?=.*@)/gu, ''))
  ) {
    return null;
  }
  return address;
}

/** Domain of the stand-ins for persons who were erased (RFC 2606: no address ever ends so). */
const erasedDomain = 'erased.invalid';

/** An address that stands for an erased person. */
export function standInAddress(name: string): string {
  return `${name}@${erasedDomain}`;
}

/** Whether an address stands for an erased person. */
export function isStandIn(address: string): boolean {
  return address.endsWith(`@${erasedDomain}`);
}

/** The part behind the last `@`. */
export function domainOfAddress(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
