import { BlockList } from 'node:net';
import { parseIpAddress, type IpAddress } from './ip-address.ts';

/** A set of addresses. */
export interface IpRanges {
  includes(address: IpAddress): boolean;
}

/**
 * Reads addresses and CIDR ranges, comma-separated: `192.0.2.7, 198.51.100.0/24, 2001:db8::/32`. Null when one
 * of them is malformed, or there is none.
 */
export function parseIpRanges(text: string): IpRanges | null {
  const list = new BlockList();
  const entries = text.split(',').map((entry) => entry.trim());
  if (!entries.every((entry) => add(list, entry))) return null;
  return { includes: ({ text: address, family }) => list.check(address, family) };
}

function add(list: BlockList, entry: string): boolean {
  const [start = '', length, ...rest] = entry.split('/');
  const address = parseIpAddress(start);
  if (!address || rest.length > 0) return false;
  if (length === undefined) {
    list.addAddress(address.text, address.family);
    return true;
  }
  const isMapped = address.family === 'ipv4' && start.includes(':');
  const bits = /^\d{1,3}$/.test(length) ? Number(length) - (isMapped ? 96 : 0) : -1;
  if (bits < 0 || bits > (address.family === 'ipv4' ? 32 : 128)) return false;
  list.addSubnet(address.text, bits, address.family);
  return true;
}
