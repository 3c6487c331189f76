import { z } from 'zod';
import { InvalidLink, ProviderError } from '../errors.ts';
import type { JsonValue, LinkedConnection, ProviderContext } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import { isOfElsewhere, toCredentials, type PlaidItem } from './credentials.ts';
import { id, read, token } from './fields.ts';
import { readItem, type ItemState } from './item.ts';
import type { PlaidSettings } from './settings.ts';

const input = z.union([
  z.strictObject({ public_token: token }),
  z.strictObject({ access_token: token }),
]);

const exchanged = z.object({ access_token: token, item_id: id });

/** What Plaid says of a token that it does not take. */
const REFUSED: Readonly<Record<string, string>> = {
  invalid_public_token: 'Plaid knows no such public token: it lives 30 minutes, and serves once',
  invalid_field: 'Plaid does not take this as a token',
  invalid_access_token: 'Plaid knows no such access token',
  item_not_found: 'Plaid knows no such Item',
  user_permission_revoked: 'This customer has withdrawn the consent',
};

/**
 * Turns a public token of Link, or the access token of an Item that the operator has already, into a
 * connection.
 */
export async function link(
  api: PlaidApi,
  settings: PlaidSettings,
  given: JsonValue,
  context: ProviderContext,
): Promise<LinkedConnection> {
  const [field, value] = readInput(given);
  if (isOfElsewhere(settings, value)) {
    throw new InvalidLink(`link.${field}`, `is not of Plaid's ${settings.environment} environment`);
  }
  return field === 'public_token'
    ? await linkNew(api, value, context)
    : await linkOwned(api, value, context);
}

function readInput(given: JsonValue): readonly ['public_token' | 'access_token', string] {
  const parsed = input.safeParse(given);
  if (parsed.success) {
    const { data } = parsed;
    return 'public_token' in data
      ? ['public_token', data.public_token]
      : ['access_token', data.access_token];
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidLink('link', 'must be an object with public_token or access_token');
  }
  const keys = Object.keys(given);
  const unknown = keys.find((key) => key !== 'public_token' && key !== 'access_token');
  if (unknown !== undefined) {
    throw new InvalidLink(
      `link.${unknown}`,
      'is not known here; give public_token or access_token',
    );
  }
  if (keys.length === 2)
    throw new InvalidLink('link', 'takes one of public_token and access_token');
  const field = keys[0] ?? 'public_token';
  throw new InvalidLink(`link.${field}`, 'must be a token as Plaid gave it');
}

/**
 * From the exchange on the Item costs money and the public token is used up: whatever else fails, the
 * access token is handed back. What it is an Item of is then not known.
 */
async function linkNew(
  api: PlaidApi,
  publicToken: string,
  context: ProviderContext,
): Promise<LinkedConnection> {
  const { fields } = await refusedAs('link.public_token', () =>
    api.post(
      {
        path: 'item/public_token/exchange',
        body: { public_token: publicToken },
        itemId: null,
      },
      context,
    ),
  );
  const { access_token: accessToken, item_id: itemId } = read(exchanged, { ...fields }, 'exchange');
  const item = { accessToken, itemId };
  // The token is used up: what cannot be read of the Item now is no reason to lose it.
  const state = await readItem(api, item, context).catch(() => null);
  return connectionOf(item, state);
}

async function linkOwned(
  api: PlaidApi,
  accessToken: string,
  context: ProviderContext,
): Promise<LinkedConnection> {
  const state = await refusedAs('link.access_token', () =>
    readItem(api, { accessToken, itemId: null }, context),
  );
  return connectionOf({ accessToken, itemId: state.itemId }, state);
}

function connectionOf(item: PlaidItem, state: ItemState | null): LinkedConnection {
  return {
    providerConnectionId: item.itemId,
    credentials: toCredentials(item),
    institutionId: state?.institutionId ?? null,
    institutionName: state?.institutionName ?? null,
    consentExpiresAt: state?.consentExpiresAt ?? null,
  };
}

async function refusedAs<T>(field: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const fault = error instanceof ProviderError ? REFUSED[error.code] : undefined;
    if (fault !== undefined) throw new InvalidLink(field, fault);
    throw error;
  }
}
