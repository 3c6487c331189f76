import type { EndpointRules } from '../config/endpoint-rules.ts';
import { parseIpAddress } from '../config/ip-address.ts';
import { mayBeReached } from './public-address.ts';

const LONGEST_URL = 2_048;

/** Names that no public DNS knows (RFC 6761, 6762, 8375; `.internal` by ICANN's resolution of 2024). */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|home\.arpa)$/;

/**
 * Why events are not delivered to this URL; null when they may be. The words never hold a part of it. Where a name
 * leads is seen when it is connected to: names that can only be private are refused here already, unless the operator
 * allows private addresses, because then names such as `receiver` or `receiver.local` are what they are reached by.
 */
export function refuseUrl(text: string, rules: EndpointRules): string | null {
  if (text.length > LONGEST_URL) return `must have at most ${LONGEST_URL} characters`;
  const scheme = rules.allowHttp ? 'an https:// or http:// URL' : 'an https:// URL';
  // The parser would take `https:host`, and leave out line ends.
  const url = /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) ? URL.parse(text) : null;
  if (!url || (url.protocol === 'http:' && !rules.allowHttp)) return `must be ${scheme}`;
  if (url.username !== '' || url.password !== '') return 'must have no user name or password in it';
  if (text.includes('#')) return 'must have no fragment';
  if (!rules.ports.includes(portOf(url))) return `must have one of the ports ${rules.ports.text}`;
  return refuseHost(url.hostname, rules);
}

/** The port that a URL of http or https leads to. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function refuseHost(hostname: string, rules: EndpointRules): string | null {
  // The parser has made one spelling of all: 0x7f.1 is 127.0.0.1 by now, and IPv6 is in brackets.
  const address = parseIpAddress(hostname.replace(/^\[|\]$/g, ''));
  if (address) return mayBeReached(address, rules) ? null : 'must be at a public address';
  if (rules.allowedRanges) return null;
  const name = hostname.replace(/\.$/, '');
  return name.includes('.') && !PRIVATE_NAME.test(name) ? null : 'must have a public host name';
}
