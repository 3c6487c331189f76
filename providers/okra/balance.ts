import type { LosslessJson } from '../json.ts';
import type { AccountRef, CallContext, ProviderBalance } from '../provider.ts';
import type { OkraApi } from './api.ts';
import type { OkraSettings } from './config.ts';
import { okraError } from './errors.ts';
import { refreshAtBank } from './refresh.ts';
import { toBalance, toBalanceHead } from './transform/balance.ts';

/**
 * After a refresh too, the balance comes from `balance/getByAccount`: the callback's copy of it
 * carries no time of the bank's, and without one nobody can tell which of two balances is the
 * newer.
 */
export async function fetchBalance(
  api: OkraApi,
  settings: OkraSettings,
  account: AccountRef,
  options: { readonly refresh: boolean },
  context: CallContext,
): Promise<ProviderBalance> {
  const { providerAccountId } = account;
  if (options.refresh) {
    await refreshAtBank(api, settings, 'balance/refresh', providerAccountId, context);
  }
  const data = await api.post('balance/getByAccount', { account_id: providerAccountId }, context);
  for (const value of balancesIn(data.fields)) {
    const head = toBalanceHead(value);
    if (head.account !== null && head.account !== providerAccountId) continue;
    if (data.isCut(value)) throw okraError('bug', 'balance_too_deep');
    if (head.dataAsOf === null) throw okraError('bug', 'invalid_balance_last_updated');
    const source = { providerAccountId, dataAsOf: head.dataAsOf, raw: data.sourceOf(value) };
    return toBalance(value, source);
  }
  throw okraError('retry', 'balance_missing');
}

/** The documentation shows a list, the only capture a single object. */
function balancesIn(fields: { readonly [key: string]: LosslessJson }): readonly LosslessJson[] {
  const found = fields['balance'] ?? fields['balances'];
  if (Array.isArray(found)) return found;
  if (typeof found === 'object' && found !== null) return [found];
  throw okraError('bug', 'invalid_balance');
}
