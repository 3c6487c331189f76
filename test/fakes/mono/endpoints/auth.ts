import { isObject } from '../json.ts';
import { badRequest } from '../wire/api-error.ts';
import type { Handle } from './handle.ts';

/**
 * POST /v2/accounts/auth: the account's id for a code, which is good for 10 minutes
 * (docs/financial-data/integration-guide).
 */
export const exchangeCode: Handle = ({ world }, { body }) => {
  const given = isObject(body) ? body['code'] : undefined;
  if (typeof given !== 'string') throw badRequest('"code" is required');
  const code = world.codes.get(given);
  const spent = code?.used === true && !world.settings.reusableCodes;
  if (code === undefined || spent || world.now() >= code.expiresAt) {
    throw badRequest('Invalid authorization code');
  }
  code.used = true;
  return { data: { id: code.accountId }, bare: world.settings.authId === 'bare' };
};
