import type { JsonCall } from './demo/json-client.ts';

/** What is used of an account as the API shows it. */
export interface ApiAccount {
  readonly id: string;
  readonly provider_account_id: string;
  readonly institution: string | null;
  readonly number: string | null;
  readonly type: string | null;
}

/** As `Cowrie Trust savings ••1234`. */
export function accountLabel({ id, institution, type, number }: ApiAccount): string {
  const parts = [institution, type?.toLowerCase(), number && `••${number.slice(-4)}`];
  return parts.filter(Boolean).join(' ') || id;
}

/** Looks labels up by account id, through the API, once for each account. */
export function createAccountLabels(api: JsonCall): (accountId: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (accountId) => {
    const label = known.get(accountId);
    if (label !== undefined) return label;
    try {
      const account = await api<ApiAccount>('GET', `/v1/accounts/${accountId}`);
      known.set(accountId, accountLabel(account));
    } catch {
      return accountId;
    }
    return known.get(accountId) ?? accountId;
  };
}
