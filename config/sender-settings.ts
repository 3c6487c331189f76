import { z } from 'zod';
import { readVariables } from './environment.ts';
import { parseIpRanges, type IpRanges } from './ip-ranges.ts';
import { providerVariable } from './provider-variable.ts';
import type { Environment } from './secrets.ts';

/** From where webhooks are taken. */
export interface SenderSettings {
  /** By provider; one that is not in it takes them from everywhere. */
  readonly senders: ReadonlyMap<string, IpRanges>;
  /** Proxies whose `X-Forwarded-For` is believed; undefined: none. */
  readonly trustedProxies: IpRanges | undefined;
}

export const FROM_EVERYWHERE: SenderSettings = { senders: new Map(), trustedProxies: undefined };

const TRUSTED_PROXIES = 'FRESHET_TRUSTED_PROXIES';

const ranges = z
  .string()
  .transform((text, context) => {
    const parsed = parseIpRanges(text);
    if (parsed) return parsed;
    const message = 'must be IP addresses and CIDR ranges, such as 192.0.2.7,2001:db8::/32';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .optional();

/**
 * Reads `FRESHET_<PROVIDER>_WEBHOOK_SENDERS` of each provider, and `FRESHET_TRUSTED_PROXIES`. Throws `ConfigError` with a
 * line for each that is wrong.
 */
export function readSenderSettings(
  environment: Environment,
  providers: readonly string[],
): SenderSettings {
  const variables = providers.map(
    (name) => [name, providerVariable(name, 'WEBHOOK_SENDERS')] as const,
  );
  const names = [TRUSTED_PROXIES, ...variables.map(([, variable]) => variable)];
  const read: Readonly<Record<string, IpRanges | undefined>> = readVariables(
    environment,
    Object.fromEntries(names.map((name) => [name, ranges])),
  );
  const senders = variables.flatMap(([name, variable]) => {
    const listed = read[variable];
    return listed ? [[name, listed] as const] : [];
  });
  return { senders: new Map(senders), trustedProxies: read[TRUSTED_PROXIES] };
}
