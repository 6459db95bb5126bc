/** Domain of the pseudonyms of erased persons (RFC 2606: no address ever ends so). */
const erasedDomain = 'erased.invalid';

/** A new pseudonym for an erased person. */
export function pseudonymAddress(name: string): string {
  return `${name}@${erasedDomain}`;
}

/** Whether an address is the pseudonym of an erased person. */
export function isPseudonym(address: string): boolean {
  return address.endsWith(`@${erasedDomain}`);
}

/** The part behind the last `@`. */
export function domainOfAddress(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
