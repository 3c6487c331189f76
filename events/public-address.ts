import type { EndpointRules } from '../config/endpoint-rules.ts';
import type { IpAddress } from '../config/ip-address.ts';
import { parseIpRanges, type IpRanges } from '../config/ip-ranges.ts';

/** IPv4 that is no host of the public internet. */
const NOT_PUBLIC_IPV4 = rangesOf(
  '0.0.0.0/8', // this network: 0.0.0.0 is this machine
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared between carriers, and Alibaba's metadata: 100.100.100.200
  '127.0.0.0/8', // loopback
  '168.63.129.16', // Azure's metadata, on a public address
  '169.254.0.0/16', // link-local, and the metadata of most clouds: 169.254.169.254
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments, and Oracle's metadata: 192.0.0.192
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
);

/**
 * The only IPv6 that is given out to hosts. Outside of it are loopback, unique local (and AWS's metadata, fd00:ec2::254),
 * link-local, site-local, multicast, IPv4-compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48) and what is not assigned.
 */
const GLOBAL_IPV6 = rangesOf('2000::/3');

const NOT_PUBLIC_IPV6 = rangesOf(
  '2001::/23', // protocol assignments: Teredo, benchmarks, AMT, AS112, ORCHID, drones
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: any IPv4 address in it
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
);

/**
 * Whether a receiver at this address may be reached: what the operator allows, and what is public. Public is all that
 * the IANA registries of special-purpose addresses (RFC 6890; iana-ipv4-special-registry, iana-ipv6-special-registry) do
 * not name, less the metadata services of clouds, and ISATAP (RFC 5214), which is an IPv4 address in any prefix.
 */
export function mayBeReached(address: IpAddress, rules: EndpointRules): boolean {
  return rules.allowedRanges?.includes(address) === true || isPublic(address);
}

function isPublic(address: IpAddress): boolean {
  if (address.family === 'ipv4') return !NOT_PUBLIC_IPV4.includes(address);
  return (
    GLOBAL_IPV6.includes(address) && !NOT_PUBLIC_IPV6.includes(address) && !isIsatap(address.text)
  );
}

/** `…:0:5efe:a.b.c.d` and `…:200:5efe:a.b.c.d`. */
function isIsatap(text: string): boolean {
  const [head = '', tail] = text.split('::');
  const groups = head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    groups.push(...Array<string>(8 - groups.length - after.length).fill('0'), ...after);
  }
  return groups[5] === '5efe' && (groups[4] === '0' || groups[4] === '200');
}

function rangesOf(...ranges: readonly string[]): IpRanges {
  const parsed = parseIpRanges(ranges.join(','));
  if (!parsed) throw new Error('a range is malformed');
  return parsed;
}
