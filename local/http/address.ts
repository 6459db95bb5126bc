import { isIPv6, type Socket } from 'node:net';

/** The address at the other end of a connection; behind a proxy it is the proxy's. */
export function addressOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress.replace(/^::ffff:/, '');
}

/** What one sender has for itself: an IPv4 address, or the first half of an IPv6 address. */
export function networkOf(socket: Pick<Socket, 'remoteAddress'>): string {
  const address = addressOf(socket);
  if (!isIPv6(address)) return address;
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}
