import { readEndpointRules, type EndpointRules } from '../../config/endpoint-rules.ts';

/** Any port, http too; no address that is not public, unless `allowedRanges` says so. */
export function lenientRules(allowedRanges?: string): EndpointRules {
  return readEndpointRules({
    FRESHET_ENDPOINT_ALLOW_HTTP: 'true',
    FRESHET_ENDPOINT_PORTS: '1-65535',
    FRESHET_ENDPOINT_ALLOWED_RANGES: allowedRanges,
  });
}

export const LOOPBACK = '127.0.0.0/8,::1';
