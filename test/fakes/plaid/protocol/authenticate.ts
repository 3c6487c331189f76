import { ApiError } from '../errors/api-error.ts';
import type { World } from '../world.ts';

/**
 * By the headers PLAID-CLIENT-ID and PLAID-SECRET, or by the body. Returns the body without its
 * credentials.
 */
export function authenticate(
  world: World,
  headers: Headers,
  body: Record<string, unknown>,
): Record<string, unknown> {
  const { client_id: ofBody, secret: secretOfBody, ...rest } = body;
  const clientId = headers.get('plaid-client-id') ?? ofBody;
  const secret = headers.get('plaid-secret') ?? secretOfBody;
  const missing = [
    ...(clientId === undefined ? ['client_id'] : []),
    ...(secret === undefined ? ['secret'] : []),
  ];
  if (missing.length > 0) {
    throw new ApiError('MISSING_FIELDS', {
      message: `the following required fields are missing: ${missing.join(', ')}`,
    });
  }
  if (clientId !== world.clientId || secret !== world.secret) {
    throw new ApiError('INVALID_API_KEYS');
  }
  return rest;
}
