import { z } from 'zod';
import { readVariables } from './environment.ts';
import { parseIpRanges, type IpRanges } from './ip-ranges.ts';
import { parsePortRanges, type PortRanges } from './port-ranges.ts';
import type { Environment } from './secrets.ts';

/** Where events may be delivered to. */
export interface EndpointRules {
  /** False: `https:` only. */
  readonly allowHttp: boolean;
  readonly ports: PortRanges;
  /** Addresses that may be reached although they are not public; undefined: none. */
  readonly allowedRanges: IpRanges | undefined;
}

const ALLOW_HTTP = 'FRESHET_ENDPOINT_ALLOW_HTTP';
const PORTS = 'FRESHET_ENDPOINT_PORTS';
const ALLOWED_RANGES = 'FRESHET_ENDPOINT_ALLOWED_RANGES';

const schemas = {
  [ALLOW_HTTP]: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true'),
  [PORTS]: z
    .string()
    .default('80,443,8443')
    .transform((text, context) => {
      const message = 'must be ports from 1 to 65535 and ranges, such as 443,8000-8999';
      return parsePortRanges(text) ?? refused(context, message);
    }),
  [ALLOWED_RANGES]: z
    .string()
    .transform((text, context) => {
      const message = 'must be IP addresses and CIDR ranges, such as 10.1.2.3,fd00:1::/32';
      return parseIpRanges(text) ?? refused(context, message);
    })
    .optional(),
};

/** What holds where nothing is set: public receivers, over https, on the usual ports. */
export const STRICT_ENDPOINT_RULES: EndpointRules = readEndpointRules({});

/**
 * Reads `FRESHET_ENDPOINT_ALLOW_HTTP`, `FRESHET_ENDPOINT_PORTS` and `FRESHET_ENDPOINT_ALLOWED_RANGES`. Throws
 * `ConfigError` with a line for each that is wrong.
 */
export function readEndpointRules(environment: Environment): EndpointRules {
  const read = readVariables(environment, schemas);
  return {
    allowHttp: read[ALLOW_HTTP],
    ports: read[PORTS],
    allowedRanges: read[ALLOWED_RANGES],
  };
}

function refused(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
