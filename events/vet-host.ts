import type { EndpointRules } from '../config/endpoint-rules.ts';
import { parseIpAddress, type IpAddress } from '../config/ip-address.ts';
import { AddressRefused, DeliveryError } from './delivery-error.ts';
import { mayBeReached } from './public-address.ts';
import type { ResolveName } from './resolve-name.ts';

/**
 * The addresses to connect to for a host name, or for an IP literal (IPv6 without brackets).
 *
 * @throws AddressRefused when one of them may not be reached: a name that is public and private at once is up to
 * something, or misconfigured. DeliveryError (`dns_failed`) when there is none.
 */
export async function vetHost(
  hostname: string,
  rules: EndpointRules,
  resolve: ResolveName,
): Promise<readonly IpAddress[]> {
  const literal = parseIpAddress(hostname);
  if (literal) return [vetted(literal, rules)];
  const answers = await resolve(hostname).catch((cause: unknown) => {
    throw new DeliveryError('dns_failed', { cause });
  });
  if (answers.length === 0) throw new DeliveryError('dns_failed');
  return answers.map((answer) => vetted(parseIpAddress(answer), rules));
}

function vetted(address: IpAddress | null, rules: EndpointRules): IpAddress {
  if (!address || !mayBeReached(address, rules)) throw new AddressRefused();
  return address;
}
