import { ProviderError } from '../errors.ts';
import type { ProviderCheck, ProviderContext } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import type { PlaidSettings } from './settings.ts';

/** What the errors that can be expected here mean to an operator. */
const PLAIN: Readonly<Record<string, string>> = {
  credentials_rejected:
    'Plaid does not take this client id and secret together. Each environment has a secret of its own.',
  unauthorized_environment: 'The Plaid account has no access to this environment yet.',
  environment_wrong: 'The credentials are of another environment.',
  endpoint_unknown: 'What answers at the base URL is not Plaid.',
  redirected: 'What answers at the base URL is not Plaid.',
  network_error: 'Plaid cannot be reached from here.',
  timeout: 'Plaid did not answer in time.',
  rate_limited: 'Plaid is being called too often just now. Try again in a minute.',
};

/** Asks Plaid for the name of one bank: that takes the credentials, costs nothing, touches no account. */
export async function check(
  api: PlaidApi,
  settings: PlaidSettings,
  context: ProviderContext,
): Promise<readonly ProviderCheck[]> {
  const body = { count: 1, offset: 0, country_codes: [...settings.countryCodes] };
  const where = settings.isPlaidsHost ? `Plaid ${settings.environment}` : settings.baseUrl.origin;
  try {
    await api.post({ path: 'institutions/get', body, itemId: null }, context);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const text = PLAIN[error.code] ?? 'Plaid refused the call.';
    return [{ ok: false, text: `${where}: ${text} (${error.code})` }];
  }
  return [
    { ok: true, text: `${where} takes the client id and the secret.` },
    { ok: true, text: costs(settings) },
  ];
}

function costs({ realtimeBalance, transactionsRefresh }: PlaidSettings): string {
  const paid = [
    ...(realtimeBalance === 'never' ? [] : [`real-time balances (${realtimeBalance})`]),
    ...(transactionsRefresh === 'never' ? [] : [`transaction refreshes (${transactionsRefresh})`]),
  ];
  return paid.length === 0
    ? 'No call is made that Plaid charges for one by one.'
    : `Plaid charges for each of these: ${paid.join(', ')}.`;
}
