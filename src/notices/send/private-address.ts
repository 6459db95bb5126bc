/*
 * Which addresses are not on the public internet: IANA's registries of special-purpose addresses for IPv4 and IPv6. What
 * is not clearly public is taken for private.
 */

/** First address and length of the prefix. */
const privateV4: ReadonlyArray<readonly [string, number]> = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, reserved, broadcast.
  ['224.0.0.0', 3],
];

/** The bytes of an IPv4 address in its usual form; null for any other text. */
function bytesOfV4(text: string): number[] | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) ? parts : null;
}

/** The eight groups of an IPv6 address; null for any other text. */
function groupsOfV6(text: string): number[] | null {
  const [address = ''] = text.split('%');
  const last = address.slice(address.lastIndexOf(':') + 1);
  const v4 = last.includes('.') ? bytesOfV4(last) : [];
  if (v4 === null || !address.includes(':')) return null;
  const [a = 0, b = 0, c = 0, d = 0] = v4;
  const plain =
    v4.length === 0
      ? address
      : `${address.slice(0, -last.length)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const halves = plain.split('::');
  if (halves.length > 2) return null;
  const read = (half = '') =>
    half === ''
      ? []
      : half
          .split(':')
          .map((group) => (/^[\da-f]{1,4}$/i.test(group) ? Number.parseInt(group, 16) : Number.NaN));
  const [left, right] = [read(halves[0]), read(halves[1])];
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array.from({ length: missing }, () => 0), ...right];
  return groups.some(Number.isNaN) ? null : groups;
}

const numberOf = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

function isPrivateV4(bytes: readonly number[]): boolean {
  const address = numberOf(bytes);
  return privateV4.some(([first, length]) => {
    const size = 2 ** (32 - length);
    return Math.floor(address / size) === Math.floor(numberOf(bytesOfV4(first) ?? []) / size);
  });
}

function isPrivateV6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = groups;
  // Only this block is given out to the public internet: all else is local, mapped, multicast or reserved. What stands for
  // an IPv4 address (`::ffff:a.b.c.d`, `64:ff9b::a.b.c.d`) lies outside as well, so no form of one gets around the table.
  if (first < 0x2000 || first > 0x3fff) return true;
  // Teredo, ORCHID, benchmarks and other protocols of 2001::/23; documentation; 6to4, which holds an IPv4 address.
  if (first === 0x2001 && (second < 0x0200 || second === 0x0db8)) return true;
  return (
    first === 0x2002 ||
    (first === 0x3fff && second < 0x1000) ||
    (first === 0x2620 && second === 0x4f && third === 0x8000)
  );
}

/**
 * Whether an IP address leads to the machine itself or into a private or special network.
 * @param address as a URL has it (`127.0.0.1`, `[::1]`) or a resolver; what is no address counts as private
 */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  const bytes = bytesOfV4(bare);
  if (bytes !== null) return isPrivateV4(bytes);
  const groups = groupsOfV6(bare);
  return groups === null || isPrivateV6(groups);
}

/** Whether the host of a URL is an IP address. The rules of URLs have made the usual form of decimal, octal and hexadecimal ones. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || bytesOfV4(host) !== null;
}

/** Names that never lead to the public internet (RFC 6761, 6762, 8375, and what clouds call their own services). */
const privateNames = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa)\.?$/i;

/** Whether the host of a URL is private by its looks alone; one whose address is may still be. */
export function isPrivateHost(host: string): boolean {
  return isAddress(host) ? isPrivateAddress(host) : privateNames.test(host) || !host.includes('.');
}
