import { isIP, SocketAddress } from 'node:net';

/** An IP address in its one canonical form. One of IPv4 that is mapped into IPv6 is one of IPv4. */
export interface IpAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly text: string;
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** Null when the text is no address. A zone (`%eth0`) is part of none that anybody could be listed by. */
export function parseIpAddress(text: string): IpAddress | null {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 0) return null;
  if (version === 4) return { family: 'ipv4', text };
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const mapped = MAPPED.exec(address)?.[1];
  return mapped === undefined
    ? { family: 'ipv6', text: address }
    : { family: 'ipv4', text: mapped };
}
