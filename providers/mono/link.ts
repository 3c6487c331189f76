import { z } from 'zod';
import { InvalidLink, ProviderError } from '../errors.ts';
import type { CallContext, JsonValue, LinkedConnection } from '../provider.ts';
import type { MonoApi } from './api.ts';
import { readDetails } from './details.ts';
import { monoError } from './errors.ts';
import { id } from './fields.ts';
import { partsOf } from './parts.ts';
import { toAccount, toInstitution } from './transform/account.ts';

const input = z.union([z.strictObject({ code: id }), z.strictObject({ account_id: id })]);

/**
 * Makes a connection of a code that Mono's page gave to the customer's browser (good for ten minutes), or of an
 * account that is linked already: an account is a connection of its own.
 */
export async function link(
  api: MonoApi,
  given: JsonValue,
  context: CallContext,
): Promise<LinkedConnection> {
  const read = input.safeParse(given);
  if (!read.success) throw new InvalidLink('link', 'must be an object with code or account_id');
  if ('account_id' in read.data) return await known(api, read.data.account_id, context);
  const accountId = await exchange(api, read.data.code, context);
  // The code is spent: whatever else fails, the account must not be lost.
  return await linked(api, accountId, context).catch(() => connectionOf(accountId));
}

async function known(api: MonoApi, accountId: string, context: CallContext) {
  try {
    return await linked(api, accountId, context);
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'gone') {
      throw new InvalidLink('link.account_id', 'Mono has no such account under this key');
    }
    throw error;
  }
}

async function linked(
  api: MonoApi,
  accountId: string,
  context: CallContext,
): Promise<LinkedConnection> {
  const { account } = await readDetails(api, accountId, context);
  const { providerAccountId } = toAccount(account);
  if (providerAccountId !== accountId) throw monoError('bug', 'invalid_account_id');
  return { ...connectionOf(accountId), ...toInstitution(partsOf(account)['institution']) };
}

/** The key opens all accounts: there is nothing to keep but the id. */
function connectionOf(accountId: string): LinkedConnection {
  return {
    providerConnectionId: accountId,
    credentials: {},
    institutionId: null,
    institutionName: null,
    consentExpiresAt: null,
  };
}

/** `POST /v2/accounts/auth`: answers `{"id"}` by itself, as the guide has it, or in `data`. That it refuses a code with 400 is a guess. */
async function exchange(api: MonoApi, code: string, context: CallContext): Promise<string> {
  const call = { method: 'POST', path: 'v2/accounts/auth', subject: 'service' } as const;
  try {
    const { data } = await api.call({ ...call, body: { code } }, context);
    const found = id.safeParse(partsOf(data)['id']);
    if (!found.success) throw monoError('bug', 'invalid_auth_id');
    return found.data;
  } catch (error) {
    if (error instanceof ProviderError && error.code === 'http_400') {
      throw new InvalidLink('link.code', 'Mono refuses this code: it is wrong, used or too old');
    }
    throw error;
  }
}
