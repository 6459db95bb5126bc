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
