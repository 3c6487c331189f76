import { parseIpAddress, type IpAddress } from '../../config/ip-address.ts';
import type { IpRanges } from '../../config/ip-ranges.ts';

/**
 * Who has sent a request: the address at the other end of its connection or, where that is a trusted proxy, the
 * last in `X-Forwarded-For` that is none. What stands before that anybody can have written. Null when it cannot be told.
 */
export function findSender(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: IpRanges | undefined,
): IpAddress | null {
  // The zone of a link-local address is this machine's word for a network card.
  let sender = parseIpAddress(peer?.replace(/%.*$/, '') ?? '');
  if (!trustedProxies) return sender;
  const hops = forwardedFor === undefined ? [] : forwardedFor.split(',');
  while (sender && trustedProxies.includes(sender) && hops.length > 0) {
    sender = parseHop(hops.pop()?.trim() ?? '');
  }
  return sender;
}

/** Some proxies add the port. */
function parseHop(text: string): IpAddress | null {
  const match = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/.exec(text);
  return parseIpAddress(match?.[1] ?? match?.[2] ?? text);
}
